package dev.hone.tflite.convert;

import dev.hone.graph.Value;
import java.util.Map;
import java.util.stream.IntStream;

/** Products of matrices: fully connected layers and batches of products. */
final class MatrixOperators {
    private MatrixOperators() {}

    static void register(Map<String, Rule> table) {
        table.put("FULLY_CONNECTED", MatrixOperators::fullyConnected);
        table.put("BATCH_MATMUL", MatrixOperators::batch);
    }

    /** {@code x W' + b} with W [out, in]; x is taken as rows of as many elements, unless it keeps its axes. */
    private static void fullyConnected(OperatorContext c) {
        if (c.option(1, 0) != 0 && c.choice(1) != 0) {
            throw c.unsupported("shuffled weights");
        }
        if (c.rank(1) != 2) {
            throw c.damaged("weights of " + c.rank(1) + " axes");
        }
        Value y;
        if (c.flag(2) && c.rank(0) != 2) {
            y = c.ops().matmul(c.input(0), c.weights(1, 1, 0));
            y = c.has(2) ? c.ops().add(y, c.weights(2, 0)) : y;
        } else {
            Value weights = c.weights(1, 0, 1);
            Value rows = c.rank(0) == 2
                    ? c.input(0)
                    : c.ops().reshape(c.inAnyOrder(0), -1, weights.shape().size(1));
            y = c.has(2)
                    ? c.ops().op("Gemm", Map.of("transB", true), rows, weights, c.weights(2, 0))
                    : c.ops().op("Gemm", Map.of("transB", true), rows, weights);
        }
        c.put(0, Activations.fused(c, 0, y));
    }

    private static void batch(OperatorContext c) {
        Value a = c.flag(0) ? transposed(c, 0) : c.input(0);
        Value b = c.flag(1) ? transposed(c, 1) : c.input(1);
        c.put(0, c.ops().matmul(a, b));
    }

    private static Value transposed(OperatorContext c, int input) {
        int rank = c.rank(input);
        if (rank < 2) {
            throw c.damaged("a factor of " + rank + " axes");
        }
        int[] order = IntStream.range(0, rank).toArray();
        order[rank - 1] = rank - 2;
        order[rank - 2] = rank - 1;
        return c.permuted(c.input(input), order);
    }
}
