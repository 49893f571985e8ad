package dev.hone.property;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A graph that grows by random steps. It knows of each value whether it is exact: the same bits whatever order sums are
 * taken in, so that rounding and comparing it is reproducible.
 */
final class Chain {
    /** The largest number of elements that a value may have. */
    static final long LARGEST = 4096;

    private static final int RANK = 5;

    final Choices choices;
    final Ops o;
    final ElementType real;
    private final List<Value> values;
    private final Set<Value> exact;
    private final Random random;
    final int depth;

    Chain(Choices choices, ElementType real) {
        this(choices, new Graph("chain"), real, new ArrayList<>(), new HashSet<>(), new Random(choices.below(1000)), 0);
    }

    private Chain(
            Choices choices,
            Graph graph,
            ElementType real,
            List<Value> values,
            Set<Value> exact,
            Random random,
            int depth) {
        this.choices = choices;
        this.o = new Ops(graph);
        this.real = real;
        this.values = values;
        this.exact = exact;
        this.random = random;
        this.depth = depth;
    }

    /** A chain in a subgraph, whose steps may use the values of this one. */
    Chain inner(Graph subgraph) {
        return new Chain(choices, subgraph, real, new ArrayList<>(values), new HashSet<>(exact), random, depth + 1);
    }

    Graph graph() {
        return o.graph();
    }

    // ---- values

    /** Accepts a result, unless its shape is unknown or too large for further steps. */
    boolean keep(Value value, boolean isExact) {
        if (value.type() == null || value.shape() == null || !value.shape().isConstant()) {
            return false;
        }
        values.add(value);
        if (isExact) {
            exact.add(value);
        }
        return true;
    }

    boolean keep(Value value, Value from) {
        return keep(value, isExact(from));
    }

    boolean isExact(Value value) {
        return exact.contains(value) || value.isConstant();
    }

    List<Value> values() {
        return Collections.unmodifiableList(values);
    }

    /** One of the values that satisfy a condition, the newest first; null if none does. */
    Value pick(Predicate<Value> condition) {
        List<Value> fitting = new ArrayList<>(values.stream().filter(condition).toList());
        Collections.reverse(fitting);
        return fitting.isEmpty()
                ? null
                : fitting.get(Math.min(choices.below(fitting.size()), choices.below(fitting.size())));
    }

    /** A value of the chain's floating-point type. */
    Value real() {
        return pick(v -> v.type() == real);
    }

    Value real(int leastRank) {
        return pick(v -> v.type() == real && rank(v) >= leastRank);
    }

    Value any() {
        return pick(v -> true);
    }

    static int rank(Value value) {
        return value.shape().rank();
    }

    static long[] dims(Value value) {
        return value.shape().sizes();
    }

    static boolean fits(long... dims) {
        return dims.length <= RANK && Tensor.count(dims) <= LARGEST;
    }

    // ---- constants

    /** Normal numbers for floats, of about 1; small integers, now and then the extremes of their type. */
    Tensor random(ElementType type, long... dims) {
        double[] numbers = new double[(int) Tensor.count(dims)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] =
                    type.isFloat() ? random.nextGaussian() : type == ElementType.BOOL ? random.nextInt(2) : small(type);
        }
        return tensor(type, numbers, dims);
    }

    private double small(ElementType type) {
        boolean unsigned = type.name().startsWith("U");
        return random.nextInt(7) - (unsigned ? 0 : 3);
    }

    Tensor uniform(ElementType type, double low, double high, long... dims) {
        double[] numbers = new double[(int) Tensor.count(dims)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = low + (high - low) * random.nextDouble();
        }
        return tensor(type, numbers, dims);
    }

    static Tensor tensor(ElementType type, double[] numbers, long... dims) {
        return Tensor.ofDoubles(numbers, dims).to(type);
    }

    Value constant(double... numbers) {
        return o.constant(tensor(real, numbers, numbers.length));
    }

    Value scalar(ElementType type, double number) {
        return o.constant(tensor(type, new double[] {number}));
    }

    Value constant(Tensor tensor) {
        return o.constant(tensor);
    }

    /** A weight: small enough that sums over it keep the size of what they sum. */
    Value weight(long fan, long... dims) {
        double width = 1.5 / Math.sqrt(Math.max(fan, 1));
        return o.constant(uniform(real, -width, width, dims));
    }

    Value op(String op, Value... inputs) {
        return o.op(op, inputs);
    }

    Value op(String op, Map<String, ?> attributes, Value... inputs) {
        return o.op(op, attributes, inputs);
    }

    Shape shape(Value value) {
        return value.shape();
    }

    int below(int bound) {
        return choices.below(bound);
    }

    int axis(Value value) {
        return choices.below(rank(value));
    }

    /** The same axis, counted from the end now and then. */
    int signed(int axis, int rank) {
        return choices.oneIn(3) ? axis - rank : axis;
    }

    /** Some axes of a value, at least one, ascending. */
    long[] axes(Value value) {
        int first = axis(value);
        return java.util.stream.IntStream.range(0, rank(value))
                .filter(i -> i == first || choices.oneIn(3))
                .mapToLong(i -> i)
                .toArray();
    }
}
