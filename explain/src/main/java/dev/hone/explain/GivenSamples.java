package dev.hone.explain;

import java.nio.FloatBuffer;

/** PathSamples that were made elsewhere, without noise; each row a cell of its own. */
record GivenSamples(long[] baselines, float[] alphas) implements PathSamples {
    @Override
    public int rows() {
        return alphas.length;
    }

    @Override
    public int baseline(int row) {
        return Math.toIntExact(baselines[row]);
    }

    @Override
    public float alpha(int row) {
        return alphas[row];
    }

    @Override
    public boolean noisy() {
        return false;
    }

    @Override
    public void noise(int row, FloatBuffer to) {
        throw new IllegalStateException("there is no noise");
    }
}
