package dev.hone.autodiff;

import dev.hone.autodiff.ScanBuilder.Track;
import dev.hone.graph.Attribute;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The gradient of {@code Scan}: a second Scan over the steps in the opposite order, whose states are the gradients of the
 * first one's states.
 *
 * <p>The body is differentiated in place. What depends on a gradient from outside then becomes the body of the second
 * Scan ({@link ScanPartition}); what that reads of the rest is saved, step by step, by the first Scan. So nothing is
 * computed twice.
 *
 * <p>The gradient of a captured value is summed over the steps in a further state. For a matrix that only multiplies from
 * the right, {@code Y_t = A_t C}, both factors of {@code dC = sum A_t^T dY_t} are stacked instead and multiplied once.
 */
final class ScanGradients {
    private final Ops o;
    private final Node n;
    private final Graph body;
    private final int states;
    private final List<Value> formals;
    private final Set<Value> wanted;
    private final Map<Value, Value> gradients = new LinkedHashMap<>();

    private ScanGradients(Ops o, Node n, Set<Value> wanted) {
        this.o = o;
        this.n = n;
        this.body = body(n);
        this.states = n.inputs().size() - (int) n.intAttribute("num_scan_inputs", 0);
        this.formals = List.copyOf(body.inputs());
        this.wanted = wanted;
    }

    /** See {@link GradientRule.Reading}. */
    static Map<Value, Value> gradients(Ops o, Node n, List<Value> dy, List<Value> wanted) {
        return new ScanGradients(o, n, new LinkedHashSet<>(wanted)).run(dy);
    }

    static Graph body(Node scan) {
        if (!(scan.attribute("body") instanceof Attribute.GraphValue graph)) {
            throw new GraphException(scan, "has no graph body");
        }
        return graph.value();
    }

    private Map<Value, Value> run(List<Value> dy) {
        List<Value> results = List.copyOf(body.outputs());
        List<Value> given = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Value result = results.get(i);
            boolean active = i < states ? isFloat(formals.get(i)) : dy.get(i) != null;
            given.add(active ? body.addInput(o.graph().freshName("gradient"), result.type(), result.shape()) : null);
        }
        Map<Value, List<Node>> products = new LinkedHashMap<>();
        Set<Value> summed = new LinkedHashSet<>();
        for (Value value : captured()) {
            List<Node> all = products(value);
            if (all == null) {
                summed.add(value);
            } else {
                products.put(value, all);
            }
        }
        Map<Value, Value> found = differentiate(results, given, summed, products);

        ScanBuilder back = new ScanBuilder(o, n.op());
        ScanPartition parts = new ScanPartition(o, n, given, back);
        Map<Integer, Value> stateFormals = new LinkedHashMap<>();
        for (int i = 0; i < given.size(); i++) {
            if (given.get(i) != null && i < states) {
                Value last = dy.get(i) == null ? Backward.filledLike(o, n.input(i), 0) : dy.get(i);
                stateFormals.put(i, back.state(last));
                parts.put(given.get(i), stateFormals.get(i));
            } else if (given.get(i) != null) {
                parts.put(given.get(i), back.scan(reversed("scan_output", i - states, dy.get(i)), given.get(i)));
            }
        }
        stateFormals.forEach((i, state) -> back.next(state, parts.later(found.get(formals.get(i)))));
        Map<Value, Value> sums = new LinkedHashMap<>();
        for (Value value : summed) {
            Value sum = back.state(Backward.filledLike(o, value, 0));
            back.next(sum, back.inside().add(sum, parts.later(found.get(value))));
            sums.put(value, sum);
        }
        Map<Integer, Integer> slices = new LinkedHashMap<>();
        for (int i = states; i < formals.size(); i++) {
            if (wanted.contains(n.input(i))) {
                Value slice = parts.later(found.get(formals.get(i)));
                slices.put(i, back.output(reversed("scan_input", i - states, slice)));
            }
        }
        Map<Node, Integer> factors = new LinkedHashMap<>();
        Map<Node, Value> saved = new LinkedHashMap<>();
        products.values()
                .forEach(nodes -> nodes.forEach(product -> {
                    factors.put(product, back.output(new Track(parts.later(found.get(product.output())), 0, 1)));
                    saved.put(product, parts.saved(product.input(0)));
                }));
        if (!back.hasLength()) {
            back.scan(reversed("scan_input", 0, n.input(states)), formals.get(states));
        }
        parts.finish();
        back.build();

        stateFormals.forEach((i, state) -> add(n.input(i), back.last(state)));
        sums.forEach((value, sum) -> add(value, back.last(sum)));
        slices.forEach((i, index) -> add(n.input(i), back.stacked(index)));
        products.forEach((matrix, nodes) -> nodes.forEach(product -> {
            Value rows = flat(saved.get(product), matrix, 0);
            Value d = flat(back.stacked(factors.get(product)), matrix, 1);
            add(matrix, o.matmul(o.transpose(rows, 1, 0), d));
        }));
        return gradients;
    }

    private Map<Value, Value> differentiate(
            List<Value> results, List<Value> given, Set<Value> summed, Map<Value, List<Node>> products) {
        Set<Value> wrt = new LinkedHashSet<>();
        for (int i = 0; i < formals.size(); i++) {
            if (i < states ? given.get(i) != null : wanted.contains(n.input(i))) {
                wrt.add(formals.get(i));
            }
        }
        wrt.addAll(summed);
        products.values().forEach(nodes -> nodes.forEach(product -> wrt.add(product.output())));
        Ops inside = new Ops(body);
        Map<Value, Value> outputGradients = new LinkedHashMap<>();
        for (int i = 0; i < results.size(); i++) {
            if (given.get(i) != null) {
                outputGradients.merge(results.get(i), given.get(i), inside::add);
            }
        }
        return Backward.gradients(body, outputGradients, List.copyOf(wrt));
    }

    /** A track of the first Scan in the opposite direction. */
    private Track reversed(String kind, int index, Value value) {
        return new Track(value, number(kind + "_axes", index), 1 - number(kind + "_directions", index));
    }

    private long number(String attribute, int index) {
        long[] values = n.intsAttribute(attribute);
        return values == null ? 0 : values[index];
    }

    private void add(Value value, Value gradient) {
        if (wanted.contains(value)) {
            gradients.merge(value, gradient, o::add);
        }
    }

    /** [T,N,K] to [T N,K], where K is a dimension of a matrix. */
    private Value flat(Value a, Value matrix, int axis) {
        if (matrix.shape().dim(axis).isConstant()) {
            return o.reshape(a, -1, matrix.shape().size(axis));
        }
        Value width = o.op("Shape", Map.of("start", axis, "end", axis + 1), matrix);
        return o.op("Reshape", a, o.concat(0, List.of(o.vector(-1), width)));
    }

    private static boolean isFloat(Value value) {
        return value.type() == null || value.type().isFloat();
    }

    private Set<Value> captured() {
        Set<Value> captured = new LinkedHashSet<>();
        for (Node node : body.nodes()) {
            for (Value read : node.reads()) {
                if (read.graph() != body && wanted.contains(read)) {
                    captured.add(read);
                }
            }
        }
        return captured;
    }

    /** The products {@code A C} of matrices that are all there is of a captured value C; null if there is more. */
    private List<Node> products(Value captured) {
        List<Node> products = new ArrayList<>();
        for (Node node : body.nodes()) {
            if (node.captures().contains(captured)) {
                return null;
            }
            for (int i = 0; i < node.inputs().size(); i++) {
                if (node.input(i) == captured) {
                    if (!node.is("MatMul") || i != 1 || !isMatrix(captured) || !isMatrix(node.input(0))) {
                        return null;
                    }
                    products.add(node);
                }
            }
        }
        return products;
    }

    private static boolean isMatrix(Value value) {
        return value.shape() != null && value.shape().rank() == 2;
    }
}
