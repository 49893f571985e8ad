package dev.hone.autodiff;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** One row of the table of gradient checks: an operator, its attributes and the distributions of its inputs. */
record OperatorCase(
        String label,
        String op,
        Map<String, Object> attributes,
        List<Input> inputs,
        int outputs,
        int order,
        boolean single,
        int differentiated,
        Known needs,
        Known runs) {

    /** What is known of shapes when a graph is differentiated, from most to least. */
    enum Known {
        /** Every size. */
        SIZES,
        /** The rank, and a name for each size. */
        SYMBOLS,
        /** The rank. */
        RANK,
        /** Nothing of inputs; parameters such as axes are constants. */
        NOTHING,
        /** Nothing; parameters are inputs too. */
        NOT_EVEN_PARAMETERS,
        /** Every size, but no parameter: apart from the order above. */
        ALL_BUT_PARAMETERS
    }

    /** For a row whose outputs all count. */
    private static final int ALL = -1;

    /** How to generate an input. Constant and absent inputs are not differentiated. */
    record Input(Tensor constant, long[] dims, double low, double high, double[] kinks, boolean distinct) {
        boolean isVariable() {
            return dims != null;
        }

        double[] draw(Random random) {
            double[] values = new double[(int) Tensor.count(dims)];
            for (int i = 0; i < values.length; i++) {
                do {
                    values[i] = low + (high - low) * random.nextDouble();
                } while (nearKink(values[i]));
            }
            if (distinct) {
                spreadOut(values, random);
            }
            return values;
        }

        private boolean nearKink(double value) {
            return Arrays.stream(kinks).anyMatch(k -> Math.abs(value - k) < 0.1);
        }

        /** A random permutation of evenly spaced numbers, so that small steps do not change the maximum. */
        private void spreadOut(double[] values, Random random) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                order.add(i);
            }
            java.util.Collections.shuffle(order, random);
            for (int i = 0; i < values.length; i++) {
                values[i] = low + (high - low) * (order.get(i) + 0.5) / values.length;
            }
        }
    }

    /** The row's node, with values in place of its inputs; null for absent ones. */
    Node node(Ops o, List<Value> values) {
        int dot = op.lastIndexOf('.');
        // Graphs are made for one node each.
        Map<String, Object> made = new LinkedHashMap<>();
        attributes.forEach((name, value) -> made.put(name, value instanceof Supplier<?> graph ? graph.get() : value));
        return o.node(
                dot < 0 ? "" : op.substring(0, dot),
                op.substring(dot + 1),
                made,
                outputs,
                values.toArray(Value[]::new));
    }

    static OperatorCase of(String op, Input... inputs) {
        return new OperatorCase(op, op, Map.of(), List.of(inputs), 1, 1, false, ALL, null, Known.NOT_EVEN_PARAMETERS);
    }

    OperatorCase with(String attribute, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes);
        more.put(attribute, value);
        return new OperatorCase(
                label + " " + attribute + "=" + text(value),
                op,
                more,
                inputs,
                outputs,
                order,
                single,
                differentiated,
                needs,
                runs);
    }

    private static String text(Object value) {
        if (value instanceof Attribute.Strs texts) {
            return texts.values().stream()
                    .map(text -> new String(text, StandardCharsets.UTF_8))
                    .toList()
                    .toString();
        }
        return value instanceof long[] numbers
                ? Arrays.toString(numbers)
                : value instanceof float[] floats ? Arrays.toString(floats) : String.valueOf(value);
    }

    OperatorCase outputs(int count) {
        return new OperatorCase(label, op, attributes, inputs, count, order, single, differentiated, needs, runs);
    }

    /** Checks derivatives up to this order. */
    OperatorCase order(int highest) {
        return new OperatorCase(label, op, attributes, inputs, outputs, highest, single, differentiated, needs, runs);
    }

    /** For operators that the runtime computes in float even when the tensors are double. */
    OperatorCase inFloat() {
        return new OperatorCase(label, op, attributes, inputs, outputs, order, true, differentiated, needs, runs);
    }

    OperatorCase named(String note) {
        return new OperatorCase(
                label + " " + note, op, attributes, inputs, outputs, order, single, differentiated, needs, runs);
    }

    /** For a row that needs to know more or less of shapes than others of its operator. */
    OperatorCase needs(Known least) {
        return new OperatorCase(label, op, attributes, inputs, outputs, order, single, differentiated, least, runs);
    }

    /** For a row that the runtime itself cannot run where less is known. */
    OperatorCase runs(Known least) {
        return new OperatorCase(label, op, attributes, inputs, outputs, order, single, differentiated, needs, least);
    }

    /** The same with a loss of one output. */
    OperatorCase only(int output) {
        return new OperatorCase(
                label + " output " + output, op, attributes, inputs, outputs, order, single, output, needs, runs);
    }

    /** Whether the loss depends on an output. */
    boolean counts(int output) {
        return differentiated == ALL || differentiated == output;
    }

    static Input x(double low, double high, long... dims) {
        return new Input(null, dims, low, high, new double[0], false);
    }

    /** In [-2, 2], away from the given kinks. */
    static Input away(double[] kinks, long... dims) {
        return new Input(null, dims, -2, 2, kinks, false);
    }

    static Input normal(long... dims) {
        return x(-2, 2, dims);
    }

    static Input distinct(long... dims) {
        return new Input(null, dims, -2, 2, new double[0], true);
    }

    static Input ints(long... values) {
        return fixed(Tensor.vector(values));
    }

    static Input fixed(Tensor tensor) {
        return new Input(tensor, null, 0, 0, null, false);
    }

    /** Constant weights, sampled once. */
    static Input weights(long... dims) {
        Random random = new Random(7);
        double[] values = random.doubles(Tensor.count(dims), -1, 1).toArray();
        return fixed(Tensor.ofDoubles(values, dims).to(ElementType.FLOAT));
    }

    static Input absent() {
        return new Input(null, null, 0, 0, null, false);
    }

    @Override
    public String toString() {
        return label;
    }
}
