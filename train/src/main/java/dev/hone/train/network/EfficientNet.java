package dev.hone.train.network;

import dev.hone.graph.Value;

/**
 * EfficientNet-B0 (Tan and Le 2019), as torchvision builds it, without stochastic depth. Larger members of the family
 * are width and depth multipliers: B1 is (1, 1.1), B2 (1.1, 1.2), B3 (1.2, 1.4), B4 (1.4, 1.8).
 */
final class EfficientNet {
    /** Expansion factor, kernel, stride, output channels, blocks. */
    private static final int[][] STAGES = {
        {1, 3, 1, 16, 1},
        {6, 3, 2, 24, 2},
        {6, 5, 2, 40, 2},
        {6, 3, 2, 80, 3},
        {6, 5, 1, 112, 3},
        {6, 5, 2, 192, 4},
        {6, 3, 1, 320, 1}
    };

    private EfficientNet() {}

    static Value build(Layers l, NetworkSpec spec, Value x) {
        Value y = convolution(l, x, "features.0", spec.scaled(32), 3, 2, 1);
        int stageIndex = 1;
        for (int[] stage : STAGES) {
            for (int block = 0; block < spec.repeated(stage[4]); block++) {
                int stride = block == 0 ? stage[2] : 1;
                String name = "features." + stageIndex + "." + block;
                y = block(l, spec, y, name, stage[0], stage[1], stride, spec.scaled(stage[3]));
            }
            stageIndex++;
        }
        y = convolution(l, y, "features." + stageIndex, 4 * Layers.channels(y), 1, 1, 1);
        Value features = l.dropout(l.pool(y, spec.pooling()), spec.dropoutOr(0.2));
        int in = (int) features.shape().size(1);
        return l.gemm(
                features,
                l.uniform("classifier.1.weight", 1 / Math.sqrt(spec.classes()), spec.classes(), in),
                l.filled("classifier.1.bias", 0, spec.classes()));
    }

    private static Value convolution(Layers l, Value x, String name, int out, int kernel, int stride, int groups) {
        return l.silu(l.batchNorm(l.conv(x, name + ".0", out, kernel, stride, groups), name + ".1"));
    }

    private static Value block(
            Layers l, NetworkSpec spec, Value x, String name, int expansion, int kernel, int stride, int out) {
        int in = Layers.channels(x);
        int hidden = in * expansion;
        Value y = expansion == 1 ? x : convolution(l, x, name + ".expand", hidden, 1, 1, 1);
        y = convolution(l, y, name + ".depthwise", hidden, kernel, stride, hidden);
        y = l.squeezeExcite(y, name + ".se", Math.max(1, in / 4), l::silu, l::sigmoid);
        boolean residual = stride == 1 && in == out;
        double scale = residual && spec.zeroInit() ? 0 : 1;
        y = l.batchNorm(l.conv(y, name + ".project.0", out, 1, 1, 1), name + ".project.1", 1e-5, scale);
        return residual ? l.ops().add(x, y) : y;
    }
}
