package dev.hone.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Renames what has the name of something else in a graph; see {@link Graph#uniqueNames}. */
final class UniqueNames {
    private final Graph graph;

    /** Inputs and outputs, which keep their names. */
    private final Set<Value> fixed = new HashSet<>();

    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> next = new HashMap<>();

    UniqueNames(Graph graph) {
        this.graph = graph;
        fixed.addAll(graph.inputs());
        fixed.addAll(graph.outputs());
        fixed.forEach(value -> taken.add(value.name()));
    }

    void make() {
        in(graph);
    }

    private void in(Graph part) {
        for (Value value : part.values()) {
            if (!fixed.contains(value)) {
                String unique = unique(value.name(), taken, next);
                if (!unique.equals(value.name())) {
                    value.setName(unique);
                }
            }
        }
        Set<String> ofNodes = new HashSet<>();
        Map<String, Integer> nextOfNodes = new HashMap<>();
        for (Node node : part.nodes()) {
            if (!node.name().isEmpty()) {
                node.setName(unique(node.name(), ofNodes, nextOfNodes));
            }
            node.subgraphs().forEach(this::in);
        }
    }

    /** The name, or with a number behind it if it is taken; takes what it returns. */
    private static String unique(String name, Set<String> taken, Map<String, Integer> next) {
        if (taken.add(name)) {
            return name;
        }
        int k = next.getOrDefault(name, 1);
        while (!taken.add(name + "_" + k)) {
            k++;
        }
        next.put(name, k + 1);
        return name + "_" + k;
    }
}
