package dev.hone.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** Nodes behind those that produce what they read. */
final class TopologicalOrder {
    private TopologicalOrder() {}

    /**
     * The nodes of a graph, those already in order at their positions.
     *
     * @throws GraphException if the graph has a cycle
     */
    static List<Node> of(Graph graph) {
        Collection<Node> nodes = graph.nodes();
        Map<Node, Integer> position = new IdentityHashMap<>();
        Map<Node, Integer> missing = new IdentityHashMap<>();
        Map<Node, List<Node>> readers = new IdentityHashMap<>();
        int index = 0;
        for (Node node : nodes) {
            position.put(node, index++);
        }
        for (Node node : nodes) {
            Set<Node> producers = producers(graph, node);
            missing.put(node, producers.size());
            for (Node producer : producers) {
                readers.computeIfAbsent(producer, k -> new ArrayList<>()).add(node);
            }
        }
        // Of the nodes that may come next, the first in the present order: this keeps an ordered list unchanged.
        List<Node> order = new ArrayList<>(nodes.size());
        PriorityQueue<Node> ready = new PriorityQueue<>(Comparator.comparingInt(position::get));
        for (Node node : nodes) {
            if (missing.get(node) == 0) {
                ready.add(node);
            }
        }
        while (!ready.isEmpty()) {
            Node node = ready.poll();
            order.add(node);
            for (Node reader : readers.getOrDefault(node, List.of())) {
                if (missing.merge(reader, -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
        if (order.size() != nodes.size()) {
            Node stuck =
                    nodes.stream().filter(n -> missing.get(n) > 0).findFirst().orElseThrow();
            throw new GraphException(stuck, "is part of a cycle");
        }
        return order;
    }

    /** The nodes of a graph that produce what a node of it reads. */
    private static Set<Node> producers(Graph graph, Node node) {
        Set<Node> producers = Collections.newSetFromMap(new IdentityHashMap<>());
        node.inputs().forEach(value -> add(graph, value, producers));
        node.captures().forEach(value -> add(graph, value, producers));
        return producers;
    }

    private static void add(Graph graph, Value value, Set<Node> producers) {
        if (value != null && value.producer() != null && value.graph() == graph) {
            producers.add(value.producer());
        }
    }
}
