package dev.hone.compress.weights;

import dev.hone.compress.stream.Source;
import java.io.IOException;

/** Rounds a matrix by {@link Gptq}, a panel of outputs at a time. */
final class PackGptq extends MatrixConversion {
    /** Weights of one piece, as doubles. */
    private static final long PANEL = 64 << 20;

    private final Packed packed;
    private final WeightOptions options;
    private final double[] products;
    private Gptq gptq;

    /** @param products X^T X of the inputs */
    PackGptq(String name, Matrix matrix, Packed packed, WeightOptions options, double[] products) {
        super(name, matrix, PANEL / ((long) Double.BYTES * matrix.inputs()));
        this.packed = packed;
        this.options = options;
        this.products = products;
    }

    @Override
    void convert(int from, int count, Source source) throws IOException {
        double[][] weights = read(from, count, source);
        Packed.Panel target = packed.new Panel(from, count, source);
        solver().round(weights, target::put);
        target.write();
    }

    /** The pieces share what is computed from the inputs. */
    private synchronized Gptq solver() {
        if (gptq == null) {
            gptq = new Gptq(products, matrix.inputs(), options);
        }
        return gptq;
    }

    private double[][] read(int from, int count, Source source) throws IOException {
        int inputs = matrix.inputs();
        double[][] weights = new double[count][inputs];
        float[] line = new float[matrix.outputsFirst() ? inputs : count];
        int lines = matrix.outputsFirst() ? count : inputs;
        for (int i = 0; i < lines; i++) {
            long first = matrix.outputsFirst() ? (long) (from + i) * inputs : (long) i * matrix.outputs() + from;
            source.floats(matrix.tensor(), first, line, 0, line.length);
            requireFinite(line, line.length, first);
            for (int j = 0; j < line.length; j++) {
                weights[matrix.outputsFirst() ? i : j][matrix.outputsFirst() ? j : i] = line[j];
            }
        }
        return weights;
    }
}
