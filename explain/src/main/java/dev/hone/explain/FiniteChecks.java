package dev.hone.explain;

import dev.hone.graph.GraphException;
import dev.hone.runtime.NativeTensor;
import java.nio.FloatBuffer;

/** Refuses numbers that are NaN or infinite, and says whose they are: nothing can be read off a map made of them. */
final class FiniteChecks {
    private FiniteChecks() {}

    /** @param of whose values, such as "the input" */
    static void values(float[] values, String of) {
        values(FloatBuffer.wrap(values), of);
    }

    private static void values(FloatBuffer values, String of) {
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                throw new GraphException(of + " has the value " + values.get(i) + " at element " + i
                        + ", expected finite numbers; look at what it was read or computed from");
            }
        }
    }

    /** @param baselines [R,...] */
    static void baselines(NativeTensor baselines) {
        FloatBuffer all = baselines.buffer().asFloatBuffer();
        int count = (int) baselines.dims()[0];
        int each = all.limit() / count;
        for (int r = 0; r < count; r++) {
            values(all.slice(r * each, each), "baseline " + r);
        }
    }

    /** @param at where the model was run, such as "the input" */
    static float score(float score, int target, String at) {
        if (!Float.isFinite(score)) {
            throw new GraphException("the model's score of class " + target + " is " + score + " at " + at
                    + ", expected a finite number; the model cannot be explained there");
        }
        return score;
    }

    /** @param scores by class */
    static float[] scores(float[] scores, String at) {
        for (int c = 0; c < scores.length; c++) {
            score(scores[c], c, at);
        }
        return scores;
    }

    /** @param values attributions, made of gradients */
    static void gradient(double[] values, int target) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new GraphException("the gradient of class " + target + " is " + values[i] + " at element " + i
                        + ", expected finite numbers; the model divides by zero on the way, or takes a root or a logarithm"
                        + " of it; methods that need no gradients: " + Method.withoutGradient());
            }
        }
    }
}
