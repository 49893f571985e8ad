package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;

/** What an input is compared with [R,...], and one made of several; the caller closes what is made. */
final class Baselines {
    private Baselines() {}

    private static long[] one(NativeTensor baselines) {
        long[] dims = baselines.dims();
        dims[0] = 1;
        return dims;
    }

    /**
     * Checks those that take the place of others.
     *
     * @param inputDims [1,...]
     * @throws GraphException if they have another size, or are not finite
     */
    static void check(NativeTensor given, long[] inputDims) {
        if (given.type() != ElementType.FLOAT.onnx() || !Arrays.equals(one(given), inputDims)) {
            throw new GraphException("the baselines are " + given + ", expected floats of "
                    + AttributionGraph.describe(inputDims) + " each");
        }
        FiniteChecks.baselines(given);
    }

    static NativeTensor zero(NativeTensor baselines) {
        return NativeTensor.allocate(baselines.type(), one(baselines));
    }

    static NativeTensor mean(NativeTensor baselines) {
        FiniteChecks.baselines(baselines);
        return NativeTensor.ofFloats(mean(baselines.floats(), (int) baselines.dims()[0]), one(baselines));
    }

    /** Whether each of them is the input. @param all [R,...] */
    static boolean equal(float[] all, float[] input) {
        for (int i = 0; i < all.length; i++) {
            if (all[i] != input[i % input.length]) {
                return false;
            }
        }
        return true;
    }

    /** @param all [R,...] */
    static float[] mean(float[] all, int count) {
        double[] sum = new double[all.length / count];
        for (int i = 0; i < all.length; i++) {
            sum[i % sum.length] += all[i];
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / count);
        }
        return mean;
    }
}
