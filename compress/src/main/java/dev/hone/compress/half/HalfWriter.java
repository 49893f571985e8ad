package dev.hone.compress.half;

import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Storage;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.Operator;
import dev.hone.graph.op.Operators;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets the nodes of a graph compute in 16 bits, but for those that fall back to FP32, with casts where a value goes
 * from one side to the other. An input takes 16 bits where the operator's table allows it, an output where an input of
 * the same type variable does: so the scales of a Resize and the statistics of a LayerNormalization stay in FP32.
 */
final class HalfWriter {
    private final Graph graph;
    private final Ops ops;
    private final Storage storage;
    private final HalfOptions options;
    private final Map<Node, String> fallback;
    private final Map<String, String> left;

    /** Values that were float when the work began. */
    private final Set<Value> floats = new HashSet<>();

    /** Those of them that are made in 16 bits now. */
    private final Set<Value> halves = new LinkedHashSet<>();

    private final Map<Value, Value> halfOf = new HashMap<>();
    private final Map<Value, Value> floatOf = new HashMap<>();
    private final List<Conversion> conversions = new ArrayList<>();

    HalfWriter(
            Graph graph, Storage storage, HalfOptions options, Map<Node, String> fallback, Map<String, String> left) {
        this.graph = graph;
        this.ops = new Ops(graph);
        this.storage = storage;
        this.options = options;
        this.fallback = fallback;
        this.left = left;
    }

    List<Conversion> write() {
        graph.values().stream().filter(v -> v.type() == ElementType.FLOAT).forEach(floats::add);
        if (!options.keepInterface()) {
            for (Value input : graph.inputs()) {
                if (floats.contains(input) && input.constant() == null) {
                    makeHalf(input);
                }
            }
        }
        for (Node node : List.copyOf(graph.nodes())) {
            rewrite(node);
        }
        for (Value value : List.copyOf(halves)) {
            keepFp32InSubgraphs(value);
        }
        if (options.keepInterface()) {
            keepOutputsFloat();
        }
        return conversions;
    }

    private void makeHalf(Value value) {
        value.setType(options.type());
        halves.add(value);
    }

    private void rewrite(Node node) {
        if (node.is("Cast")) {
            // It takes whatever comes; a cast to float becomes one to 16 bits.
            if (floats.contains(node.output()) && !fallback.containsKey(node)) {
                node.set("to", (long) options.type().onnx());
                makeHalf(node.output());
            }
            return;
        }
        Operator operator = Fp32Fallback.isKnown(node) ? Operators.of(node) : null;
        boolean inFp32 = fallback.containsKey(node);
        if (inFp32 && !"asked for".equals(fallback.get(node))) {
            left.put(node.label(), fallback.get(node));
        } else if (operator == null && readsFloats(node)) {
            left.put(node.label(), reason(node));
        }
        Set<String> narrowed = new HashSet<>();
        Set<String> open = operator == null ? Set.of() : openTypes(node, operator);
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            if (input == null || !floats.contains(input)) {
                continue;
            }
            Operator.Parameter parameter = operator == null ? null : operator.input(i);
            boolean half = !inFp32
                    && parameter != null
                    && operator.allows(parameter, options.type())
                    && !open.contains(parameter.type());
            if (half) {
                narrowed.add(parameter.type());
            }
            node.setInput(i, half ? half(input) : asFloat(input));
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.output(i);
            if (output != null
                    && floats.contains(output)
                    && operator != null
                    && narrowed.contains(operator.output(i).type())) {
                makeHalf(output);
            }
        }
    }

    private static String reason(Node node) {
        if (!node.subgraphs().isEmpty()) {
            return "it has subgraphs";
        }
        return Operators.of(node) == null ? "unknown operator" : "it packs tensors into a sequence or an optional";
    }

    /** The type variables of which an input is of unknown type, which stays what it is. */
    private static Set<String> openTypes(Node node, Operator operator) {
        Set<String> open = new HashSet<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (node.input(i) != null && node.input(i).type() == null && operator.input(i) != null) {
                open.add(operator.input(i).type());
            }
        }
        return open;
    }

    private boolean readsFloats(Node node) {
        return node.reads().stream().anyMatch(floats::contains);
    }

    /** The value in 16 bits. */
    private Value half(Value value) {
        if (halves.contains(value)) {
            return value;
        }
        return halfOf.computeIfAbsent(value, v -> v.isConstant() ? converted(v) : ops.cast(v, options.type()));
    }

    private Value converted(Value constant) {
        Storage.Target target =
                storage.allocate(options.type(), constant.constant().dims());
        conversions.add(new HalfTensor(constant.name(), constant.constant(), target, options));
        return graph.addConstant(constant.name() + "_" + options.type(), target.tensor());
    }

    private Value asFloat(Value value) {
        if (!halves.contains(value)) {
            return value;
        }
        return floatOf.computeIfAbsent(value, v -> ops.cast(v, ElementType.FLOAT));
    }

    /** The nodes of subgraphs stay as they are, and so does what they read from outside. */
    private void keepFp32InSubgraphs(Value value) {
        for (Use use : List.copyOf(value.uses())) {
            if (use.node().graph() != graph) {
                use.node().setInput(use.index(), asFloat(value));
            }
        }
    }

    private void keepOutputsFloat() {
        for (int i = 0; i < graph.outputs().size(); i++) {
            Value output = graph.outputs().get(i);
            if (halves.contains(output)) {
                Value cast = ops.cast(output, ElementType.FLOAT);
                String name = output.name();
                output.setName(cast.name());
                cast.setName(name);
                cast.setShape(output.shape());
                graph.setOutput(i, cast);
            }
        }
    }
}
