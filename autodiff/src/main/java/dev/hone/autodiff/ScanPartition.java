package dev.hone.autodiff;

import dev.hone.autodiff.ScanBuilder.Track;
import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.ShapeRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The body of a differentiated Scan in two: what depends on gradients from outside moves to a second Scan. Of the rest,
 * what that reads is saved for each step, or computed once outside where it is the same in each step.
 */
final class ScanPartition {
    private final Ops o;
    private final Node scan;
    private final Graph body;
    private final ScanBuilder back;
    private final int formals;
    /** Values that depend on a gradient, and those that may change from step to step. */
    private final Set<Value> late = new LinkedHashSet<>();

    private final Set<Value> varying = new LinkedHashSet<>();
    private final List<Node> lateNodes = new ArrayList<>();
    private final Map<Value, Value> moved = new LinkedHashMap<>();
    private final Map<Value, Value> outside = new LinkedHashMap<>();
    private final Map<Value, Value> saved = new LinkedHashMap<>();

    /** @param given the body's inputs that stand for gradients, behind the Scan's own; null elements are skipped */
    ScanPartition(Ops o, Node scan, List<Value> given, ScanBuilder back) {
        this.o = o;
        this.scan = scan;
        this.body = ScanGradients.body(scan);
        this.back = back;
        this.formals = scan.inputs().size();
        given.stream().filter(v -> v != null).forEach(late::add);
        varying.addAll(body.inputs());
        body.sort();
        for (Node node : body.nodes()) {
            boolean isLate = node.reads().stream().anyMatch(late::contains);
            boolean varies = node.reads().stream().anyMatch(varying::contains) || OperatorTraits.is(node, Fact.RANDOM);
            node.outputs().stream().filter(v -> v != null).forEach(v -> {
                if (isLate) {
                    late.add(v);
                } else if (varies) {
                    varying.add(v);
                }
            });
            if (isLate) {
                lateNodes.add(node);
            }
        }
    }

    /** Says what stands for a value of the first body in the second. */
    void put(Value value, Value later) {
        moved.put(value, later);
    }

    /** What stands for a value of the first body in the second, moved or read there if it is not yet. */
    Value later(Value value) {
        Value known = moved.get(value);
        if (known != null || value.graph() != body) {
            return known == null ? value : known;
        }
        if (late.contains(value)) {
            return copy(value, back.inside().graph(), this::later, moved);
        }
        if (!varying.contains(value)) {
            return value.constant() != null ? back.inside().constant(value.constant()) : invariant(value);
        }
        int input = body.inputs().indexOf(value);
        int states = formals - (int) scan.intAttribute("num_scan_inputs", 0);
        Track track = input < states || input >= formals
                ? new Track(saved(value), 0, 1)
                : new Track(
                        scan.input(input), number("axes", input - states), 1 - number("directions", input - states));
        Value slice = back.scan(track, value);
        moved.put(value, slice);
        return slice;
    }

    private long number(String attribute, int index) {
        long[] values = scan.intsAttribute("scan_input_" + attribute);
        return values == null ? 0 : values[index];
    }

    /** A value that is the same in each step, computed outside. */
    private Value invariant(Value value) {
        if (value.graph() != body) {
            return value;
        }
        Value known = outside.get(value);
        if (known == null) {
            known = value.constant() != null
                    ? o.constant(value.constant())
                    : copy(value, o.graph(), this::invariant, outside);
            outside.put(value, known);
        }
        return known;
    }

    private static Value copy(Value value, Graph to, UnaryOperator<Value> inputs, Map<Value, Value> copies) {
        Node node = value.producer();
        List<Value> mapped = new ArrayList<>();
        node.inputs().forEach(input -> mapped.add(input == null ? null : inputs.apply(input)));
        Node copy = to.addNode(node.domain(), node.op(), mapped);
        node.attributes().forEach((name, attribute) -> {
            if (attribute instanceof Attribute.GraphValue graph) {
                Graph inner = graph.value().copy();
                copy.set(name, inner);
                captures(inner, new HashSet<>(), inputs);
            } else {
                copy.set(name, attribute);
            }
        });
        for (Value output : node.outputs()) {
            Value made = copy.addOutput(output == null ? null : to.freshName(node.op()));
            if (output != null) {
                copies.put(output, made.setType(output.type()).setShape(output.shape()));
            }
        }
        return copies.get(value);
    }

    /** Replaces what a subgraph reads of the graphs around it. */
    private static void captures(Graph graph, Set<Graph> inside, UnaryOperator<Value> inputs) {
        inside.add(graph);
        for (Node node : graph.nodes()) {
            for (int i = 0; i < node.inputs().size(); i++) {
                Value input = node.input(i);
                if (input != null && !inside.contains(input.graph())) {
                    node.setInput(i, inputs.apply(input));
                }
            }
            node.subgraphs().forEach(inner -> captures(inner, inside, inputs));
        }
    }

    /** The values of all steps, stacked along axis 0 in the order of computation. */
    Value saved(Value value) {
        return saved.computeIfAbsent(value, v -> {
            ScanBuilder.addOutput(body, v);
            Value output = scan.addOutput(o.graph().freshName("saved"));
            for (String attribute : new String[] {"scan_output_axes", "scan_output_directions"}) {
                long[] values = scan.intsAttribute(attribute);
                scan.set(attribute, values == null ? null : Arrays.copyOf(values, values.length + 1));
            }
            return output.setType(v.type());
        });
    }

    /** Takes out of the first body what has moved, and what nothing reads any more. */
    void finish() {
        for (int i = lateNodes.size() - 1; i >= 0; i--) {
            body.remove(lateNodes.get(i));
        }
        while (body.inputs().size() > formals) {
            body.removeInput(body.inputs().get(formals));
        }
        body.sort();
        List<Node> nodes = List.copyOf(body.nodes());
        for (int i = nodes.size() - 1; i >= 0; i--) {
            if (nodes.get(i).outputs().stream().allMatch(v -> v == null || v.isUnused())) {
                body.remove(nodes.get(i));
            }
        }
        List.copyOf(body.constants()).stream().filter(Value::isUnused).forEach(body::removeConstant);
        ShapeRules.infer(scan);
    }
}
