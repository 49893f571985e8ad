package dev.hone.compress.weights;

import dev.hone.compress.stream.Conversion;
import dev.hone.compress.stream.Source;
import java.io.IOException;

/** Rounds a matrix by {@link Gptq}, a panel of outputs at a time. */
final class PackGptq implements Conversion {
    /** Weights of one piece, as doubles. */
    private static final long PANEL = 64 << 20;

    private final String name;
    private final PackWeights.Matrix matrix;
    private final Packed packed;
    private final WeightOptions options;
    private final double[] products;
    private final int panel;
    private Gptq gptq;

    /** @param products X^T X of the inputs */
    PackGptq(String name, PackWeights.Matrix matrix, Packed packed, WeightOptions options, double[] products) {
        this.name = name;
        this.matrix = matrix;
        this.packed = packed;
        this.options = options;
        this.products = products;
        this.panel = (int) Math.max(1, Math.min(matrix.outputs(), PANEL / ((long) Double.BYTES * matrix.inputs())));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long bytes() {
        return matrix.tensor().data().size();
    }

    @Override
    public int pieces() {
        return (matrix.outputs() + panel - 1) / panel;
    }

    @Override
    public void convert(int piece, Source source) throws IOException {
        int from = piece * panel;
        int count = Math.min(panel, matrix.outputs() - from);
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
            PackWeights.requireFinite(line, line.length, name, first);
            for (int j = 0; j < line.length; j++) {
                weights[matrix.outputsFirst() ? i : j][matrix.outputsFirst() ? j : i] = line[j];
            }
        }
        return weights;
    }
}
