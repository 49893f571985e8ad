package dev.hone.explain;

import java.nio.FloatBuffer;

/** Captum's draws, of the examples that {@code captum_vectors.py} made. */
record CaptumSamples(long[] index, float[] alphas, float[] noise, boolean noisy) implements PathSamples {
    static CaptumSamples of(String example) {
        return new CaptumSamples(
                Vectors.of(example + "_index").longs(),
                Vectors.of(example + "_alpha").floats(),
                Vectors.of(example + "_noise").floats(),
                example.equals("noisy"));
    }

    @Override
    public int rows() {
        return index.length;
    }

    @Override
    public int baseline(int row) {
        return (int) index[row];
    }

    @Override
    public float alpha(int row) {
        return alphas[row];
    }

    @Override
    public void noise(int row, FloatBuffer to) {
        int each = noise.length / index.length;
        to.put(noise, row * each, each);
    }
}
