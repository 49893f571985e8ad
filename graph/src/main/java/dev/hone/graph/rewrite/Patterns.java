package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Queries about nodes and values, for rules. */
public final class Patterns {
    /** Larger constants count as weights, not as operator parameters. */
    private static final int SMALL = 1 << 16;

    private Patterns() {}

    /** The node that produces an input, if it is this operator in the same graph and has no other uses, else null. */
    public static Node soleProducer(Node reader, int input, String op) {
        Node producer = producer(reader, input, op);
        return producer != null && onlyReader(producer.output(), reader) ? producer : null;
    }

    /** The node that produces an input, if it is this operator in the same graph, else null. */
    public static Node producer(Node reader, int input, String op) {
        Value value = reader.input(input);
        Node producer = value == null ? null : value.producer();
        return producer != null && producer.is(op) && producer.graph() == reader.graph() ? producer : null;
    }

    /** Whether a node is the only reader of a value, which is not a graph output. */
    public static boolean onlyReader(Value value, Node reader) {
        return !value.isOutput() && value.uses().stream().allMatch(use -> use.node() == reader);
    }

    /** The only reader of a value which is not a graph output, if it is in the value's graph, else null. */
    public static Node soleReader(Value value) {
        if (value.isOutput() || value.uses().size() != 1) {
            return null;
        }
        Node reader = value.uses().iterator().next().node();
        return reader.graph() == value.graph() ? reader : null;
    }

    /** Whether only the first output of a node is present and used. */
    public static boolean onlyFirstOutput(Node node) {
        return node.outputs().stream().skip(1).allMatch(v -> v == null || v.isUnused());
    }

    /** The tensor of an initializer that callers cannot override, else null. */
    public static Tensor constant(Value value) {
        return value != null && value.isConstant() ? value.constant() : null;
    }

    /** The value of a floating-point constant with one element (of any rank). */
    public static OptionalDouble scalar(Value value) {
        Tensor tensor = constant(value);
        return tensor != null && tensor.count() == 1 && isPlainFloat(tensor.type())
                ? OptionalDouble.of(tensor.doubles()[0])
                : OptionalDouble.empty();
    }

    /** Whether a value is a constant filled with one number. */
    public static boolean isFilledWith(Value value, double number) {
        Tensor tensor = constant(value);
        return tensor != null
                && tensor.count() > 0
                && tensor.count() <= SMALL
                && (isPlainFloat(tensor.type()) || tensor.type().isInteger())
                && Arrays.stream(tensor.doubles()).allMatch(v -> v == number);
    }

    /** Types supported by Java arithmetic. */
    static boolean isPlainFloat(ElementType type) {
        return type == ElementType.FLOAT
                || type == ElementType.DOUBLE
                || type == ElementType.FLOAT16
                || type == ElementType.BFLOAT16;
    }

    /** The elements of a small integer tensor, if all are known at build time, else null. */
    public static long[] longs(Value value) {
        if (value == null) {
            return null;
        }
        List<Dim> known = value.elements();
        if (known != null && known.stream().allMatch(Dim::isConstant)) {
            return known.stream().mapToLong(Dim::constant).toArray();
        }
        Tensor tensor = constant(value);
        return tensor != null && tensor.type().isInteger() && tensor.count() <= SMALL ? tensor.longs() : null;
    }

    /**
     * The axes of a node such as Squeeze or ReduceMean (its second input), made non-negative and sorted.
     *
     * @param rank rank to resolve negative axes
     * @return null if they are absent or not constant
     */
    public static int[] axes(Node node, int rank) {
        long[] axes = longs(node.input(1));
        return axes == null
                ? null
                : Arrays.stream(axes)
                        .mapToInt(a -> (int) (a < 0 ? a + rank : a))
                        .sorted()
                        .toArray();
    }

    /** The permutation of a Transpose, by default the reversal; null if the rank is needed but unknown. */
    public static int[] permutation(Node transpose) {
        long[] perm = transpose.intsAttribute("perm");
        if (perm != null) {
            return Arrays.stream(perm).mapToInt(Math::toIntExact).toArray();
        }
        Shape shape = transpose.input(0).shape();
        return shape == null
                ? null
                : IntStream.range(0, shape.rank())
                        .map(i -> shape.rank() - 1 - i)
                        .toArray();
    }

    public static int rank(Value value) {
        return value.shape() == null ? -1 : value.shape().rank();
    }

    /** Whether shapes are known and equal, symbols included. */
    public static boolean sameShape(Value a, Value b) {
        return a.shape() != null && a.shape().equals(b.shape());
    }

    /** Whether the output of an operator that broadcasts a constant with x is known to have the shape of x. */
    static boolean keepsShape(Value x, Tensor constant, Value output) {
        boolean scalar = constant.count() == 1 && (constant.rank() == 0 || rank(x) >= constant.rank());
        return scalar || sameShape(x, output);
    }

    /**
     * Recognizes {@code x * Sigmoid(x)} (SiLU, Swish).
     *
     * @param mul a Mul
     * @return the Sigmoid, whose input is x, or null
     */
    public static Node silu(Node mul) {
        return gatedBy("Sigmoid", mul);
    }

    /** The node {@code op(x)} of {@code x * op(x)} without other uses, or null. */
    static Node gatedBy(String op, Node mul) {
        for (int i = 0; i < 2; i++) {
            Node gate = soleProducer(mul, i, op);
            if (gate != null && gate.input(0) == mul.input(1 - i)) {
                return gate;
            }
        }
        return null;
    }
}
