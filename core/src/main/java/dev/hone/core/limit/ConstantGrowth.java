package dev.hone.core.limit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A bound for what the constants of a graph can grow to, once everything that depends on constants alone is computed:
 * forty nodes that each join their input with itself make 4 PiB of 4 KiB.
 */
final class ConstantGrowth {
    private static final Set<String> SHAPED_BY_SECOND = Set.of("Expand", "Tile");

    /** So often the nodes are gone through before their order is left to who sorts them. */
    private static final int ROUNDS = 50;

    private static final String[] NONE = {};

    /** Bytes per element; few types have more, most fewer. */
    private static final double WIDTH = 8;

    /**
     * A value that depends on constants alone.
     *
     * @param elements how many it has at most
     * @param product of its elements, if they are few integers, else infinite
     */
    record Known(double elements, double product) {}

    /** A node; its names are decoded once its first input turns out to be a constant, which few are. */
    private static final class Work {
        private final WireMessage node;
        private final String first;
        private final boolean call;
        private String operator;
        private String[] inputs;
        private String[] outputs;

        Work(WireMessage node, String first, boolean call) {
            this.node = node;
            this.first = first;
            this.call = call;
        }

        void decode() {
            if (inputs != null) {
                return;
            }
            List<String> in = new ArrayList<>();
            List<String> out = new ArrayList<>();
            operator = "";
            WireMessage fields = node.again();
            while (fields.next()) {
                switch (fields.block()) {
                    case 1 -> in.add(fields.text());
                    case 2 -> out.add(fields.text());
                    case 4 -> operator = fields.text();
                    default -> {}
                }
            }
            inputs = in.toArray(NONE);
            outputs = out.toArray(NONE);
        }
    }

    /** One graph, subgraph or function body, to be filled while it is read. */
    static final class Body {
        private final Map<String, Known> constants = new HashMap<>();
        private final List<Work> nodes = new ArrayList<>();
        private final List<Body> inner = new ArrayList<>();

        void constant(String name, Known known) {
            constants.put(name, known);
        }

        /** @param first the first input that is there; null if there is none */
        void node(WireMessage node, String first, boolean call) {
            nodes.add(new Work(node, first, call));
        }

        Body subgraph() {
            Body body = new Body();
            inner.add(body);
            return body;
        }
    }

    private final List<Body> bodies = new ArrayList<>();

    Body body() {
        Body body = new Body();
        bodies.add(body);
        return body;
    }

    /** Bytes of all computed constants, at most; infinite if sizes alone do not say. */
    double upperBound() {
        double elements = 0;
        for (Body body : bodies) {
            elements += grown(body, Map.of());
        }
        return elements * WIDTH;
    }

    private static double grown(Body body, Map<String, Known> outer) {
        Map<String, Known> known = new HashMap<>(outer);
        known.putAll(body.constants);
        double elements = 0;
        List<Work> open = body.nodes;
        // Nodes stand in order, so that one round finds all; but a file may have them in another one.
        boolean again = true;
        for (int round = 0; again; round++) {
            if (round == ROUNDS) {
                return Double.POSITIVE_INFINITY;
            }
            again = false;
            List<Work> left = new ArrayList<>();
            for (Work node : open) {
                if (!node.call && node.first != null && !known.containsKey(node.first)) {
                    left.add(node);
                    continue;
                }
                node.decode();
                int missing = missing(node, known);
                if (node.call && missing < node.inputs.length) {
                    // What a function makes of a constant is not known here.
                    return Double.POSITIVE_INFINITY;
                }
                if (missing > 0) {
                    left.add(node);
                    continue;
                }
                double result = elements(node, known);
                elements += result;
                for (String output : node.outputs) {
                    again |= known.put(output, new Known(result, Double.POSITIVE_INFINITY)) == null;
                }
            }
            open = left;
        }
        for (Body inner : body.inner) {
            elements += grown(inner, known);
        }
        return elements;
    }

    private static int missing(Work node, Map<String, Known> known) {
        int missing = 0;
        for (String input : node.inputs) {
            if (!input.isEmpty() && !known.containsKey(input)) {
                missing++;
            }
        }
        return missing;
    }

    private static double elements(Work node, Map<String, Known> known) {
        double[] inputs = new double[node.inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            Known input = known.get(node.inputs[i]);
            inputs[i] = input == null ? 0 : input.elements;
        }
        if (SHAPED_BY_SECOND.contains(node.operator) && inputs.length > 1 && known.containsKey(node.inputs[1])) {
            return Math.max(1, inputs[0]) * known.get(node.inputs[1]).product;
        }
        if (node.operator.equals("ConstantOfShape") && inputs.length > 0 && known.containsKey(node.inputs[0])) {
            return known.get(node.inputs[0]).product;
        }
        return GrowthBounds.elements(node.operator, inputs);
    }
}
