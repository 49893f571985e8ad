package dev.hone.explain;

import dev.hone.runtime.NativeTensor;

/** One baseline made of several [R,...]; the caller closes it. */
final class Baselines {
    private Baselines() {}

    private static long[] one(NativeTensor baselines) {
        long[] dims = baselines.dims();
        dims[0] = 1;
        return dims;
    }

    static NativeTensor zero(NativeTensor baselines) {
        return NativeTensor.allocate(baselines.type(), one(baselines));
    }

    static NativeTensor mean(NativeTensor baselines) {
        Finite.baselines(baselines);
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
