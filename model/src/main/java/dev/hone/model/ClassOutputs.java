package dev.hone.model;

import dev.hone.core.HoneException;
import dev.hone.model.metric.Decision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** What the outputs of a classifier say, whatever it takes. */
public final class ClassOutputs {
    private ClassOutputs() {}

    /**
     * Probabilities [N][K].
     *
     * @param flat [N,K], row-major
     * @param samples N
     * @param scores what they mean
     * @throws HoneException if a value is not finite
     */
    static float[][] probabilities(Path file, float[] flat, int samples, ClassScores scores) {
        int k = flat.length / samples;
        float[][] rows = new float[samples][k];
        for (int i = 0; i < samples; i++) {
            System.arraycopy(flat, i * k, rows[i], 0, k);
            requireNumbers(file, rows[i]);
            scores.toProbabilities(rows[i]);
        }
        return rows;
    }

    private static void requireNumbers(Path file, float[] row) {
        for (float score : row) {
            if (!Float.isFinite(score)) {
                throw new HoneException(file + ": gives " + score
                        + " for a sample, expected numbers; the model is damaged, or its training diverged");
            }
        }
    }

    /** Turns logits into probabilities, in place. */
    static void softmax(float[] row) {
        float top = Float.NEGATIVE_INFINITY;
        for (float v : row) {
            top = Math.max(top, v);
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) Math.exp(row[i] - top);
        }
        normalize(row);
    }

    /** Divides by the sum, in place. */
    static void normalize(float[] row) {
        double sum = 0;
        for (float v : row) {
            sum += v;
        }
        for (int i = 0; i < row.length; i++) {
            row[i] /= (float) sum;
        }
    }

    /** @param label of a class by its index */
    static List<Prediction> predictions(float[][] probabilities, Decision decision, IntFunction<String> label) {
        List<Prediction> predictions = new ArrayList<>();
        for (float[] row : probabilities) {
            int best = decision.of(row);
            Map<String, Float> all = new LinkedHashMap<>();
            for (int c = 0; c < row.length; c++) {
                all.put(label.apply(c), row[c]);
            }
            Boolean rejected = decision.hasThreshold() ? best != decision.good() : null;
            predictions.add(new Prediction(label.apply(best), row[best], rejected, Collections.unmodifiableMap(all)));
        }
        return predictions;
    }
}
