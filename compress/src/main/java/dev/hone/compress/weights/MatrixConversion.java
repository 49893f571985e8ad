package dev.hone.compress.weights;

import dev.hone.compress.CompressionException;
import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Source;
import dev.hone.graph.Tensor;
import java.io.IOException;

/** Converts a matrix of weights, a panel of outputs at a time. */
abstract class MatrixConversion implements Conversion {
    final String name;
    final Matrix matrix;
    private final int panel;

    /**
     * A matrix of weights.
     *
     * @param tensor [N,K] if outputs are first, else [K,N]
     */
    record Matrix(Tensor tensor, boolean outputsFirst) {
        int outputs() {
            return Math.toIntExact(tensor.dim(outputsFirst ? 0 : 1));
        }

        int inputs() {
            return Math.toIntExact(tensor.dim(outputsFirst ? 1 : 0));
        }
    }

    /** @param panel outputs that fit into memory at a time; one is taken at least */
    MatrixConversion(String name, Matrix matrix, long panel) {
        this.name = name;
        this.matrix = matrix;
        this.panel = (int) Math.max(1, Math.min(matrix.outputs(), panel));
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final long bytes() {
        return matrix.tensor().data().size();
    }

    @Override
    public final int pieces() {
        return (matrix.outputs() + panel - 1) / panel;
    }

    @Override
    public final void convert(int piece, Source source) throws IOException {
        int from = piece * panel;
        convert(from, Math.min(panel, matrix.outputs() - from), source);
    }

    /** Converts {@code count} outputs. */
    abstract void convert(int from, int count, Source source) throws IOException;

    /** @param first index of the first value in the tensor */
    final void requireFinite(float[] values, int count, long first) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CompressionException("weights '" + name + "' hold " + values[i] + " near element "
                        + (first + i) + ", expected finite numbers; the model is damaged");
            }
        }
    }
}
