package dev.hone.autodiff;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;

/**
 * The gradients of {@code MatMul} of operands of unknown rank. A vector is made a matrix at run time, as the operator itself
 * does; products over the last two axes, whatever there is before them, are written as {@code Einsum}.
 */
final class UnrankedProduct {
    private final Ops o;
    /** Ranks, as int64 [1]. */
    private final Value rankA;

    private final Value rankB;
    /** [...,M,K], [...,K,N] and [...,M,N]. */
    private final Value a;

    private final Value b;
    private final Value d;

    UnrankedProduct(Ops o, Node n, Value dy) {
        this.o = o;
        this.rankA = rank(n.input(0));
        this.rankB = rank(n.input(1));
        Value shapeA = o.op("Shape", n.input(0));
        Value shapeB = o.op("Shape", n.input(1));
        Value matrixA = reshape(n.input(0), ones(vectors(rankA)), shapeA);
        Value matrixB = reshape(n.input(1), shapeB, ones(vectors(rankB)));
        Value rows = o.op("Shape", Map.of("start", -2, "end", -1), matrixA);
        Value columns = o.op("Shape", Map.of("start", -1), matrixB);
        // The product lacks the axes that vectors lack.
        Value end = o.add(o.add(o.sub(rank(dy), o.vector(2)), vectors(rankA)), vectors(rankB));
        this.d = reshape(dy, slice(o.op("Shape", dy), end), rows, columns);
        this.a = asLong(matrixA);
        this.b = asLong(matrixB);
    }

    /** {@code dA = dY B^T}, to be summed over the axes that A was repeated along. */
    Value left() {
        return o.op("Einsum", Map.of("equation", "...mn,...kn->...mk"), d, b);
    }

    /** {@code dB = A^T dY}, to be summed over the axes that B was repeated along. */
    Value right() {
        Value gradient = o.op("Einsum", Map.of("equation", "...mk,...mn->...kn"), a, d);
        return reshape(gradient, slice(o.op("Shape", gradient), o.sub(rank(gradient), vectors(rankB))));
    }

    /** The runtime's Einsum wants as many axes before the last two of each operand. */
    private Value asLong(Value matrix) {
        return reshape(matrix, ones(o.sub(rank(d), rank(matrix))), o.op("Shape", matrix));
    }

    private Value rank(Value x) {
        return o.op("Shape", o.op("Shape", x));
    }

    /** 1 for a vector, else 0. */
    private Value vectors(Value rank) {
        return o.op("Max", o.sub(o.vector(2), rank), o.vector(0));
    }

    private Value ones(Value count) {
        return o.op("ConstantOfShape", Map.of("value", Tensor.ofLongs(new long[] {1}, 1)), count);
    }

    private Value slice(Value shape, Value end) {
        return o.op("Slice", shape, o.vector(0), end, o.vector(0));
    }

    private Value reshape(Value x, Value... parts) {
        return o.op("Reshape", x, parts.length == 1 ? parts[0] : o.concat(0, List.of(parts)));
    }
}
