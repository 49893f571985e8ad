package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The cost of a graph, in all and node by node. Weights that several nodes share count once in the total. Of an If the
 * more expensive branch counts; the body of a Loop or Scan counts as often as it runs.
 *
 * @param nodes each node of the graph with what it and its bodies take
 * @param uncounted operators that have no cost rule and are left out
 */
public record GraphCost(Cost total, Map<Node, Cost> nodes, Set<String> uncounted) {
    /** Shapes have to be inferred before: {@link ShapeInference#run(Graph)}. */
    public static GraphCost of(Graph graph) {
        Set<String> uncounted = new TreeSet<>();
        Map<Node, Cost> nodes = new LinkedHashMap<>();
        Set<Tensor> weights = Collections.newSetFromMap(new IdentityHashMap<>());
        Cost sum = Cost.NONE;
        for (Node node : graph.nodes()) {
            Cost cost = withBodies(node, uncounted);
            nodes.put(node, cost);
            sum = sum.plus(cost);
            collectWeights(node, weights);
        }
        Cost total =
                new Cost(sum.multiplyAdds(), Dim.of(CostRules.count(weights)), sum.bytesRead(), sum.bytesWritten());
        return new GraphCost(total, Collections.unmodifiableMap(nodes), Collections.unmodifiableSet(uncounted));
    }

    private static Cost withBodies(Node node, Set<String> uncounted) {
        Cost cost = CostRules.of(node);
        if (cost == null) {
            uncounted.add(Operators.key(node.domain(), node.op()));
            cost = Cost.NONE;
        }
        List<Graph> bodies = node.subgraphs();
        if (bodies.isEmpty()) {
            return cost;
        }
        Cost inside = null;
        for (Graph body : bodies) {
            GraphCost inner = of(body);
            uncounted.addAll(inner.uncounted);
            boolean more = inside == null || isMore(inner.total.multiplyAdds(), inside.multiplyAdds());
            inside = more ? inner.total : inside;
        }
        return cost.plus(node.is("If") ? inside : inside.repeated(runs(node)));
    }

    private static boolean isMore(Dim a, Dim b) {
        return a.minus(b).isAtLeast(1, 1);
    }

    /** How often a body runs. */
    private static Dim runs(Node node) {
        ShapeContext n = new ShapeContext(node);
        if (node.is("Loop") && n.element(0) != null) {
            return n.element(0);
        }
        int scanned = (int) n.attribute("num_scan_inputs", 0);
        int first = node.inputs().size() - scanned;
        if (node.is("Scan") && scanned > 0 && n.shape(first) != null) {
            int axis = n.axis(n.attributes("scan_input_axes", scanned, 0)[0], n.rank(first));
            return n.shape(first).dim(axis);
        }
        return Dim.unknown();
    }

    private static void collectWeights(Node node, Set<Tensor> weights) {
        weights.addAll(CostRules.weights(node));
        for (Graph body : node.subgraphs()) {
            body.nodes().forEach(inner -> collectWeights(inner, weights));
        }
    }

    /** A count with 1 for every symbol, so that it is the count for one image; NaN where it is not known. */
    public static double number(Dim count) {
        return count.substitute(symbol -> symbol.startsWith("?") ? null : Dim.ONE).value().stream()
                .mapToDouble(v -> v)
                .findFirst()
                .orElse(Double.NaN);
    }
}
