package dev.hone.core.limit;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds what crashes ONNX Runtime (1.29) when it opens a quantized model: behind a DequantizeLinear it inserts further
 * pairs at each reader of the nodes that only move elements, and takes a value that a subgraph captures for an ordinary
 * input of the node that holds the subgraph, beyond the end of its inputs.
 */
public final class CarriedDequantize {
    /** The operators that a DequantizeLinear is carried over, from their first input to their output. */
    public static final Set<String> OVER = Set.of("MaxPool", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze");

    private static final String DEQUANTIZE = "DequantizeLinear";

    private boolean found;

    /** What is known of the values of one graph. */
    static final class Scope {
        private final Scope outer;
        private final Set<String> dequantized = new HashSet<>();
        private final Set<String> carried = new HashSet<>();

        /** @param outer of the graph around it, or null */
        Scope(Scope outer) {
            this.outer = outer;
        }

        private boolean isEmpty() {
            return dequantized.isEmpty() && (outer == null || outer.isEmpty());
        }

        /** Whether a graph further out has carried values among these. */
        private boolean captures(Set<String> names) {
            return outer != null && (!Collections.disjoint(outer.carried, names) || outer.captures(names));
        }
    }

    /** Whether a subgraph reads such a value. */
    boolean found() {
        return found;
    }

    /**
     * Takes in the next node of a graph.
     *
     * @param operator the bytes of its operator's name
     */
    void node(WireMessage node, int operator, Scope scope) {
        // Names are decoded only where there is a DequantizeLinear before.
        if (found || operator != DEQUANTIZE.length() && scope.isEmpty()) {
            return;
        }
        String op = "";
        String first = null;
        String output = null;
        Set<String> inputs = new HashSet<>();
        WireMessage fields = node.again();
        while (fields.next()) {
            switch (fields.block()) {
                case 1 -> {
                    String name = fields.text();
                    first = first == null ? name : first;
                    inputs.add(name);
                }
                case 2 -> output = output == null ? fields.text() : output;
                case 4 -> op = fields.text();
                default -> {}
            }
        }
        if (op.equals(DEQUANTIZE)) {
            scope.dequantized.add(output);
        } else if (OVER.contains(op) && (scope.dequantized.contains(first) || scope.carried.contains(first))) {
            scope.carried.add(output);
        }
        found = scope.captures(inputs);
    }
}
