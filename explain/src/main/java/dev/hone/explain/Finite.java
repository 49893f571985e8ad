package dev.hone.explain;

import dev.hone.graph.GraphException;
import java.nio.FloatBuffer;

/** Refuses numbers that are not finite, which would go through every sum unseen. */
final class Finite {
    private Finite() {}

    /**
     * @param what the values are, such as "the image"
     * @param advice what to do about it
     * @throws GraphException naming the first element that is NaN or infinite
     */
    static void require(FloatBuffer values, String what, String advice) {
        for (int i = 0; i < values.remaining(); i++) {
            float value = values.get(values.position() + i);
            if (!Float.isFinite(value)) {
                throw new GraphException(
                        what + " holds " + value + " at element " + i + ", expected finite numbers; " + advice);
            }
        }
    }

    /** @throws GraphException if a model's scores are NaN or infinite */
    static void requireScores(FloatBuffer scores) {
        require(
                scores,
                "the model's output for this input or a baseline",
                "look for divisions by 0, and logarithms or roots of numbers below it, in the model");
    }

    /** @throws GraphException if an attribution is NaN or infinite */
    static void requireAttribution(float[] attribution) {
        require(
                FloatBuffer.wrap(attribution),
                "the attribution",
                "the model's gradient is not finite there: a root or a division at 0, or a number that overflows");
    }
}
