package dev.hone.train.head;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.SeededRandom;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a head sees of features x [N,F]: {@code P ((x - mean) * scale)}, [N,D], their principal components after
 * standardization. Both are part of the model's graph. The scale is such that the features' variances sum to 1, so that
 * settings of heads mean the same whatever the number of features.
 *
 * @param mean [F]
 * @param scale [F]; 0 for features that are constant over the training images
 * @param matrix P, [D,F], row after row
 */
public record Projection(float[] mean, float[] scale, float[] matrix) {
    /** More rows than these add nothing to the directions of largest variance. */
    private static final int MOST_ROWS = 4096;

    private static final int BLOCK = 256;
    private static final int MOST_COMPONENTS = 256;
    private static final String INPUT = "x";
    private static final String MEAN = "features.mean";
    private static final String SCALE = "features.scale";

    /**
     * Fits mean, scale and principal components.
     *
     * @param training rows to fit to, 2 or more
     * @param seed chooses among more rows than are needed for the components
     */
    public static Projection fit(FeatureRows rows, int[] training, long seed, SessionOptions options) {
        int width = rows.width();
        double[] sum = new double[width];
        double[] squares = new double[width];
        float[] row = new float[width];
        for (int index : training) {
            rows.read(index, 1, row);
            for (int i = 0; i < width; i++) {
                sum[i] += row[i];
                squares[i] += (double) row[i] * row[i];
            }
        }
        float[] mean = new float[width];
        float[] scale = new float[width];
        int varying = 0;
        for (int i = 0; i < width; i++) {
            mean[i] = (float) (sum[i] / training.length);
            double deviation = Math.sqrt(Math.max(0, squares[i] / training.length - (double) mean[i] * mean[i]));
            boolean varies = deviation > 1e-5 * Math.abs(mean[i]) && deviation > 1e-7;
            scale[i] = varies ? (float) (1 / deviation) : 0;
            varying += varies ? 1 : 0;
        }
        if (varying == 0) {
            throw new HoneException("all features are the same for all " + training.length
                    + " training images; check the images and the normalization that the pretrained network expects");
        }
        for (int i = 0; i < width; i++) {
            scale[i] /= (float) Math.sqrt(varying);
        }
        float[] chosen = standardized(rows, chosen(training, seed), mean, scale);
        return new Projection(mean, scale, PrincipalComponents.of(chosen, width, MOST_COMPONENTS, options));
    }

    private static int[] chosen(int[] training, long seed) {
        int[] order = training.clone();
        if (order.length > MOST_ROWS) {
            new SeededRandom(seed).shuffle(order);
            order = Arrays.copyOf(order, MOST_ROWS);
            Arrays.sort(order);
        }
        return order;
    }

    private static float[] standardized(FeatureRows rows, int[] chosen, float[] mean, float[] scale) {
        int width = rows.width();
        float[] all = new float[chosen.length * width];
        float[] row = new float[width];
        for (int r = 0; r < chosen.length; r++) {
            rows.read(chosen[r], 1, row);
            for (int i = 0; i < width; i++) {
                all[r * width + i] = (row[i] - mean[i]) * scale[i];
            }
        }
        return all;
    }

    /** The number of features F. */
    public int features() {
        return mean.length;
    }

    /** The number of components D. */
    public int components() {
        return matrix.length / mean.length;
    }

    /** The standardized features, [N,F] to [N,F]. */
    Value standardize(Ops o, Value features) {
        Value centred = o.sub(features, o.graph().addConstant(MEAN, Tensor.ofFloats(mean, 1, mean.length)));
        return o.mul(centred, o.graph().addConstant(SCALE, Tensor.ofFloats(scale, 1, scale.length)));
    }

    /** Whether a constant of a {@link HeadModel} standardizes features, by its name: it is no weight to be trained. */
    public static boolean isConstant(String name) {
        return name.equals(MEAN) || name.equals(SCALE);
    }

    /** The components, [N,F] to [N,D]. */
    Value apply(Ops o, Value features) {
        Value matrixValue = o.graph()
                .addConstant(
                        o.graph().freshName("projection.weight"), Tensor.ofFloats(matrix, components(), features()));
        return o.op("Gemm", Map.of("transB", 1), standardize(o, features), matrixValue);
    }

    /** The components of all rows, by the operators that will stand in the model: [rows,D], row after row. */
    public float[] components(FeatureRows rows, SessionOptions options) {
        Graph graph = new Graph("projection");
        Value x = graph.addInput(INPUT, ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(features())));
        graph.addOutput(apply(new Ops(graph), x));
        String output = graph.outputs().get(0).name();
        int d = components();
        float[] all = new float[rows.rows() * d];
        float[] block = new float[BLOCK * features()];
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), options)) {
            for (int from = 0; from < rows.rows(); from += BLOCK) {
                int count = Math.min(BLOCK, rows.rows() - from);
                rows.read(from, count, block);
                try (NativeTensor in =
                                NativeTensor.ofFloats(Arrays.copyOf(block, count * features()), count, features());
                        NativeTensor out = session.run(Map.of(INPUT, in)).get(output)) {
                    System.arraycopy(out.floats(), 0, all, from * d, count * d);
                }
            }
        }
        return all;
    }

    /** Weights of a linear layer on components as those of one on standardized features: {@code W P}, [K,D] to [K,F]. */
    double[][] unproject(double[][] weights) {
        int d = components();
        int f = features();
        return IntStream.range(0, weights.length)
                .mapToObj(k -> {
                    double[] row = new double[f];
                    for (int c = 0; c < d; c++) {
                        for (int i = 0; i < f; i++) {
                            row[i] += weights[k][c] * matrix[c * f + i];
                        }
                    }
                    return row;
                })
                .toArray(double[][]::new);
    }
}
