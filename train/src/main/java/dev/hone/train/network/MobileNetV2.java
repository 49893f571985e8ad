package dev.hone.train.network;

import dev.hone.graph.Value;

/** MobileNetV2 (Sandler et al. 2018): inverted residuals with linear bottlenecks, as torchvision builds it. */
final class MobileNetV2 {
    /** Expansion factor, output channels, blocks, stride of the first. */
    private static final int[][] STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    private MobileNetV2() {}

    static Value build(Layers l, NetworkSpec spec, Value x) {
        Value y = convolution(l, x, "features.0", spec.scaled(32), 3, 2, 1);
        int index = 1;
        for (int[] stage : STAGES) {
            for (int block = 0; block < spec.repeated(stage[2]); block++) {
                int stride = block == 0 ? stage[3] : 1;
                y = inverted(l, spec, y, "features." + index++, stage[0], spec.scaled(stage[1]), stride);
            }
        }
        int last = Math.max(1280, spec.scaled(1280));
        y = convolution(l, y, "features." + index, last, 1, 1, 1);
        Value features = l.dropout(l.pool(y, spec.pooling()), spec.dropoutOr(0.2));
        return l.linear(features, "classifier.1", (int) features.shape().size(1), spec.classes(), 0.01);
    }

    private static Value convolution(Layers l, Value x, String name, int out, int kernel, int stride, int groups) {
        return l.relu6(l.batchNorm(l.conv(x, name + ".0", out, kernel, stride, groups), name + ".1"));
    }

    private static Value inverted(
            Layers l, NetworkSpec spec, Value x, String name, int expansion, int out, int stride) {
        int in = Layers.channels(x);
        int hidden = in * expansion;
        Value y = expansion == 1 ? x : convolution(l, x, name + ".expand", hidden, 1, 1, 1);
        y = convolution(l, y, name + ".depthwise", hidden, 3, stride, hidden);
        boolean residual = stride == 1 && in == out;
        double scale = residual && spec.zeroInit() ? 0 : 1;
        y = l.batchNorm(l.conv(y, name + ".project.0", out, 1, 1, 1), name + ".project.1", 1e-5, scale);
        return residual ? l.ops().add(x, y) : y;
    }
}
