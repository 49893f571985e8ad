package dev.hone.autodiff;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.OptionalLong;

/** Expressions shared by several rules. */
final class Expressions {
    private Expressions() {}

    static Value x(Node n) {
        return n.input(0);
    }

    static Value y(Node n) {
        return n.output();
    }

    static Value square(Ops o, Value a) {
        return o.mul(a, a);
    }

    /** {@code 1 - a} */
    static Value oneMinus(Ops o, Value a) {
        return o.sub(o.constantLike(a, 1), a);
    }

    /** {@code a - b} with a number */
    static Value minus(Ops o, double a, Value b) {
        return o.sub(o.constantLike(b, a), b);
    }

    static Value less(Ops o, Value a, double bound) {
        return o.op("Less", a, o.constantLike(a, bound));
    }

    static Value greater(Ops o, Value a, double bound) {
        return o.op("Greater", a, o.constantLike(a, bound));
    }

    static Value where(Ops o, Value condition, Value then, Value otherwise) {
        return o.op("Where", condition, then, otherwise);
    }

    /** {@code a} where the condition holds, else 0 */
    static Value onlyWhere(Ops o, Value condition, Value a) {
        return where(o, condition, a, o.constantLike(a, 0));
    }

    /** The condition as 0 and 1 of the type of {@code like}. */
    static Value indicator(Ops o, Value condition, Value like) {
        return o.cast(condition, type(like));
    }

    static ElementType type(Value value) {
        return value.type() == null ? ElementType.FLOAT : value.type();
    }

    static int rank(Node n, Value value) {
        if (value.shape() == null) {
            throw new GraphException(
                    n, "the rank of " + value.name() + " must be known to differentiate it; run shape inference first");
        }
        return value.shape().rank();
    }

    /** The values of a small integer input, or null if it is absent or unknown at build time. */
    static long[] known(Value value) {
        List<Dim> elements = value == null ? null : value.elements();
        if (elements == null || !elements.stream().allMatch(Dim::isConstant)) {
            return null;
        }
        return elements.stream().mapToLong(Dim::constant).toArray();
    }

    static long ceilDiv(long a, long b) {
        return -Math.floorDiv(-a, b);
    }

    static int axis(Node n, String attribute, long otherwise, int rank) {
        long axis = n.intAttribute(attribute, otherwise);
        return Math.toIntExact(axis < 0 ? axis + rank : axis);
    }

    /** The number of elements of {@code x} per element of {@code y}, as a scalar of x's type. */
    static Value ratio(Ops o, Value x, Value y) {
        if (x.shape() != null && y.shape() != null && !y.shape().elements().is(0)) {
            OptionalLong count =
                    x.shape().elements().floorDiv(y.shape().elements()).value();
            if (count.isPresent()) {
                return o.constantLike(x, count.getAsLong());
            }
        }
        // An empty tensor has no mean, and no integer can be divided by 0.
        Value atLeastOne = o.op("Max", o.op("Size", y), o.constant(Tensor.scalar(1L)));
        return o.cast(o.div(o.op("Size", x), atLeastOne), type(x));
    }
}
