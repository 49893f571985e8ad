package dev.hone.explain;

import java.nio.FloatBuffer;

/** Rows of one baseline with given alphas and weights, nothing of which is random. */
record FixedSamples(float[] alphas, float[] weights) implements PathSamples {
    /** The gradient at the input itself. */
    static FixedSamples atInput() {
        return new FixedSamples(new float[] {1}, new float[] {1});
    }

    /**
     * Points and weights of Gauss and Legendre's rule for the integral over [0, 1], the roots of the Legendre polynomial
     * found by Newton's method; exact for polynomials up to degree {@code 2 steps - 1}.
     */
    static FixedSamples gaussLegendre(int steps) {
        float[] alphas = new float[steps];
        float[] weights = new float[steps];
        for (int i = 0; i < steps; i++) {
            double x = Math.cos(Math.PI * (i + 0.75) / (steps + 0.5));
            double slope = 1;
            for (int iteration = 0; iteration < 100; iteration++) {
                double before = 1;
                double value = x;
                for (int n = 2; n <= steps; n++) {
                    double next = ((2 * n - 1) * x * value - (n - 1) * before) / n;
                    before = value;
                    value = next;
                }
                slope = steps * (x * value - before) / (x * x - 1);
                double step = value / slope;
                x -= step;
                if (Math.abs(step) < 1e-15) {
                    break;
                }
            }
            alphas[steps - 1 - i] = (float) ((1 + x) / 2);
            // Rows are averaged: weights are 1 on average.
            weights[steps - 1 - i] = (float) (steps / ((1 - x * x) * slope * slope));
        }
        return new FixedSamples(alphas, weights);
    }

    @Override
    public int rows() {
        return alphas.length;
    }

    @Override
    public int baseline(int row) {
        return 0;
    }

    @Override
    public float alpha(int row) {
        return alphas[row];
    }

    @Override
    public float weight(int row) {
        return weights[row];
    }

    /** Rows differ and none of them is random: there is no error to be estimated from their spread. */
    @Override
    public int cell(int row) {
        return 0;
    }

    @Override
    public boolean noisy() {
        return false;
    }

    @Override
    public void noise(int row, FloatBuffer to) {
        throw new IllegalStateException("no noise");
    }
}
