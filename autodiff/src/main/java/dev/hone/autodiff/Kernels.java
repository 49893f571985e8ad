package dev.hone.autodiff;

import dev.hone.graph.Tensor;

/** Rearranges constant convolution kernels at build time. */
final class Kernels {
    private Kernels() {}

    /** [M, C/g, k...] to [C, M/g, k...], taps in reverse order. */
    static Tensor transposeAndFlip(Tensor weight, long group) {
        long[] dims = weight.dims();
        int m = (int) (dims[0] / group);
        int c = (int) dims[1];
        int taps = (int) (weight.count() / dims[0] / dims[1]);
        float[] from = weight.floats();
        float[] to = new float[from.length];
        for (int g = 0; g < group; g++) {
            for (int j = 0; j < c; j++) {
                for (int i = 0; i < m; i++) {
                    int source = ((g * m + i) * c + j) * taps;
                    int target = ((g * c + j) * m + i) * taps;
                    for (int u = 0; u < taps; u++) {
                        to[target + u] = from[source + taps - 1 - u];
                    }
                }
            }
        }
        long[] result = dims.clone();
        result[0] = group * c;
        result[1] = m;
        return Tensor.ofFloats(to, result);
    }

    /**
     * The kernels of all phases.
     *
     * @param kernels [s s C, M, K, K'] in the order phase row, phase column, channel; with groups [C s s, M/g, K, K'] in
     *     the order channel, phase row, phase column
     * @param low by axis, the smallest offset from a row of dy to a row of dx / s that a tap spans
     * @param high by axis, the largest such offset
     */
    record Phases(Tensor kernels, int[] low, int[] high) {}

    /** Splits the taps of a strided 2-D kernel by the phase of dx they reach: u = r + p modulo s. */
    static Phases phases(Tensor weight, long group, Window w) {
        long[] dims = weight.dims();
        int s = (int) w.strides()[0];
        int groups = (int) group;
        int m = (int) dims[0] / groups;
        int c = (int) dims[1];
        int kh = (int) dims[2];
        int kw = (int) dims[3];
        int[] low = new int[2];
        int[] high = new int[2];
        for (int axis = 0; axis < 2; axis++) {
            int pad = (int) w.before()[axis];
            int k = (int) dims[2 + axis];
            low[axis] = Math.min(0, Math.floorDiv(pad - k + 1 + s - 1, s));
            high[axis] = Math.max(0, Math.floorDiv(s - 1 + pad, s));
        }
        int height = high[0] - low[0] + 1;
        int width = high[1] - low[1] + 1;
        float[] from = weight.floats();
        float[] to = new float[s * s * groups * c * m * height * width];
        for (int g = 0; g < groups; g++) {
            for (int j = 0; j < c; j++) {
                for (int i = 0; i < m; i++) {
                    for (int u = 0; u < kh; u++) {
                        for (int v = 0; v < kw; v++) {
                            int r = Math.floorMod(u - (int) w.before()[0], s);
                            int q = Math.floorMod(v - (int) w.before()[1], s);
                            int row = (r + (int) w.before()[0] - u) / s - low[0];
                            int column = (q + (int) w.before()[1] - v) / s - low[1];
                            int channel = g * c + j;
                            int out = groups == 1 ? (r * s + q) * c + j : (channel * s + r) * s + q;
                            to[((out * m + i) * height + row) * width + column] =
                                    from[(((g * m + i) * c + j) * kh + u) * kw + v];
                        }
                    }
                }
            }
        }
        long channels = (long) s * s * groups * c;
        return new Phases(Tensor.ofFloats(to, channels, m, height, width), low, high);
    }
}
