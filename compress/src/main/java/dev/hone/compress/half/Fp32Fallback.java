package dev.hone.compress.half;

import dev.hone.compress.CompressionException;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.Operators;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which nodes have to stay in FP32 since numbers that they read or make are out of the range of 16 bits: too large, or so
 * small that they vanish where that matters.
 *
 * <p>What is too large is known of constants, and of activations where they were measured. Where they were not, what is
 * computed from a large constant is taken to be large too, up to an operator whose results are bounded.
 */
final class Fp32Fallback {
    /** Tensors of at most so many elements are constants of a formula, each of which counts; larger ones are weights. */
    private static final long FORMULA = 16;

    /** Tensors in files beside the model are looked at only up to this many elements. */
    private static final long LOOKED_AT = 1 << 20;

    private final HalfOptions options;
    private final Map<Node, String> reasons = new LinkedHashMap<>();
    private final Set<Value> wide = new HashSet<>();
    private final Set<Value> vanishing = new HashSet<>();
    private final Set<Value> divisors = new HashSet<>();
    private final Map<Value, String> why = new LinkedHashMap<>();

    private Fp32Fallback(HalfOptions options) {
        this.options = options;
    }

    /** The nodes of the graph, sorted, that stay in FP32, each with the reason. */
    static Map<Node, String> find(Graph graph, HalfOptions options) {
        Fp32Fallback found = new Fp32Fallback(options);
        for (Value constant : graph.constants()) {
            if (constant.type() == ElementType.FLOAT) {
                found.check(constant);
            }
        }
        options.largest().forEach((name, size) -> {
            // An infinite one is a mask, most likely, and stays infinite in any type.
            if (size > options.ceiling() && !Float.isInfinite(size)) {
                Value value = graph.find(name);
                if (value != null) {
                    found.wide.add(value);
                    found.why.put(value, "'" + name + "' reaches " + size + " on calibration data");
                }
            }
        });
        if (!found.vanishing.isEmpty()) {
            found.findDivisors(graph);
        }
        graph.nodes().forEach(found::check);
        return found.reasons;
    }

    private void check(Value constant) {
        Tensor tensor = constant.constant();
        if (tensor.data() instanceof TensorData.Mapped && tensor.count() > LOOKED_AT) {
            return;
        }
        float largest = 0;
        float smallest = Float.POSITIVE_INFINITY;
        for (float x : tensor.floats()) {
            if (Float.isNaN(x)) {
                throw new CompressionException(
                        "tensor '" + constant.name() + "' holds NaN, expected numbers; the model is damaged");
            }
            float size = Math.abs(x);
            if (size != 0 && !Float.isInfinite(x)) {
                largest = Math.max(largest, size);
                smallest = Math.min(smallest, size);
            }
        }
        if (largest > options.ceiling()) {
            wide.add(constant);
            why.put(constant, "constant '" + constant.name() + "' holds " + largest);
        } else if (options.type() == ElementType.FLOAT16 && largest > 0) {
            // Below 2^-22 a float16 is off by more than an eighth; below 2^-14 it begins to lose bits.
            boolean formula = tensor.count() <= FORMULA && smallest < 0x1p-22f;
            if (formula || largest < 0x1p-14f) {
                vanishing.add(constant);
                why.put(
                        constant,
                        "constant '" + constant.name() + "' holds " + (formula ? smallest : largest)
                                + (formula ? "" : " at most"));
            }
        }
    }

    private void check(Node node) {
        if (options.keepFp32().contains(node.name())
                || (node.output(0) != null
                        && options.keepFp32().contains(node.output(0).name()))) {
            reasons.put(node, "asked for");
        }
        if ((node.is("ScatterND") || node.is("ScatterElements"))
                && !node.stringAttribute("reduction", "none").equals("none")) {
            // Kernels for CPUs move any type, but add and multiply floats only.
            reasons.putIfAbsent(node, "its reduction has no 16-bit kernel on CPUs");
        }
        for (Value input : node.reads()) {
            if (wide.contains(input)) {
                reasons.putIfAbsent(node, why.get(input) + ", too large for " + options.text());
                spread(node, input);
            } else if (vanishing.contains(input) && isAffected(node, input)) {
                reasons.putIfAbsent(node, why.get(input) + ", too small for " + options.text());
                node.outputs().stream().filter(v -> v != null).forEach(output -> {
                    vanishing.add(output);
                    why.putIfAbsent(output, why.get(input));
                });
            }
        }
        for (Value output : node.outputs()) {
            if (output != null && wide.contains(output)) {
                reasons.putIfAbsent(node, why.get(output) + ", too large for " + options.text());
            }
        }
    }

    /** What is read by an operator that a zero harms, or on the way to one by operators that leave a zero what it is. */
    private void findDivisors(Graph graph) {
        List<Node> nodes = new ArrayList<>(graph.nodes());
        Collections.reverse(nodes);
        for (Node node : nodes) {
            if (divides(node)) {
                divisors.addAll(node.reads());
            }
        }
    }

    private boolean divides(Node node) {
        return node.domain().isEmpty()
                && (OperatorTraits.is(node, Fact.SINGULAR)
                        || (keepsZeros(node) && node.outputs().stream().anyMatch(divisors::contains)));
    }

    private static boolean keepsZeros(Node node) {
        return OperatorTraits.is(node, Fact.VIEW)
                || OperatorTraits.is(node, Fact.MOVES)
                || OperatorTraits.is(node, Fact.HOMOGENEOUS);
    }

    /** A constant matters to whatever reads it; what was computed from it only on the way to where a zero does harm. */
    private boolean isAffected(Node node, Value input) {
        return input.constant() != null || divides(node);
    }

    private void spread(Node node, Value from) {
        boolean bounded = node.domain().isEmpty() && (OperatorTraits.is(node, Fact.BOUNDED) || clips(node));
        for (Value output : node.outputs()) {
            if (output == null
                    || bounded
                    || output.type() != ElementType.FLOAT
                    || options.largest().containsKey(output.name())) {
                continue;
            }
            wide.add(output);
            why.putIfAbsent(output, why.get(from));
        }
    }

    private boolean clips(Node node) {
        if (!node.is("Clip") || node.input(1) == null || node.input(2) == null) {
            return false;
        }
        Tensor low = node.input(1).constant();
        Tensor high = node.input(2).constant();
        return low != null
                && high != null
                && Math.max(Math.abs(low.scalarFloat()), Math.abs(high.scalarFloat())) <= options.ceiling();
    }

    /** Whether an operator's table says that it computes in a type. */
    static boolean isKnown(Node node) {
        Operator operator = Operators.of(node);
        return operator != null && !operator.packs() && node.subgraphs().isEmpty();
    }
}
