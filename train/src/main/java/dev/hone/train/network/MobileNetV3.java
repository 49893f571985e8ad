package dev.hone.train.network;

import dev.hone.graph.Value;

/** MobileNetV3 (Howard et al. 2019), small and large, as torchvision builds it (batch-norm epsilon 0.001). */
final class MobileNetV3 {
    private record Block(int kernel, int expanded, int out, boolean squeeze, boolean hardSwish, int stride) {}

    private static Block b(int kernel, int expanded, int out, boolean squeeze, boolean hardSwish, int stride) {
        return new Block(kernel, expanded, out, squeeze, hardSwish, stride);
    }

    private static final Block[] SMALL = {
        b(3, 16, 16, true, false, 2),
        b(3, 72, 24, false, false, 2),
        b(3, 88, 24, false, false, 1),
        b(5, 96, 40, true, true, 2),
        b(5, 240, 40, true, true, 1),
        b(5, 240, 40, true, true, 1),
        b(5, 120, 48, true, true, 1),
        b(5, 144, 48, true, true, 1),
        b(5, 288, 96, true, true, 2),
        b(5, 576, 96, true, true, 1),
        b(5, 576, 96, true, true, 1),
    };

    private static final Block[] LARGE = {
        b(3, 16, 16, false, false, 1),
        b(3, 64, 24, false, false, 2),
        b(3, 72, 24, false, false, 1),
        b(5, 72, 40, true, false, 2),
        b(5, 120, 40, true, false, 1),
        b(5, 120, 40, true, false, 1),
        b(3, 240, 80, false, true, 2),
        b(3, 200, 80, false, true, 1),
        b(3, 184, 80, false, true, 1),
        b(3, 184, 80, false, true, 1),
        b(3, 480, 112, true, true, 1),
        b(3, 672, 112, true, true, 1),
        b(5, 672, 160, true, true, 2),
        b(5, 960, 160, true, true, 1),
        b(5, 960, 160, true, true, 1),
    };

    private MobileNetV3() {}

    static Value small(Layers l, NetworkSpec spec, Value x) {
        return build(l, spec, x, SMALL, 1024);
    }

    static Value large(Layers l, NetworkSpec spec, Value x) {
        return build(l, spec, x, LARGE, 1280);
    }

    private static Value build(Layers l, NetworkSpec spec, Value x, Block[] blocks, int head) {
        Value y = convolution(l, x, "features.0", spec.scaled(16), 3, 2, 1, true);
        int index = 1;
        for (Block block : blocks) {
            // A deeper network repeats the blocks that keep the size and the channels.
            boolean keeps = block.stride == 1 && spec.scaled(block.out) == Layers.channels(y);
            for (int i = 0; i < (keeps ? spec.repeated(1) : 1); i++) {
                y = block(l, spec, y, "features." + index++, block);
            }
        }
        y = convolution(l, y, "features." + index, 6 * Layers.channels(y), 1, 1, 1, true);
        Value features = l.pool(y, spec.pooling());
        int hidden = spec.scaled(head);
        features = l.hardSwish(
                l.linear(features, "classifier.0", (int) features.shape().size(1), hidden, 0.01));
        return l.linear(l.dropout(features, spec.dropoutOr(0.2)), "classifier.3", hidden, spec.classes(), 0.01);
    }

    private static Value convolution(
            Layers l, Value x, String name, int out, int kernel, int stride, int groups, boolean hardSwish) {
        Value y = l.batchNorm(l.conv(x, name + ".0", out, kernel, stride, groups), name + ".1", 1e-3, 1);
        return hardSwish ? l.hardSwish(y) : l.relu(y);
    }

    private static Value block(Layers l, NetworkSpec spec, Value x, String name, Block block) {
        int in = Layers.channels(x);
        int expanded = spec.scaled(block.expanded);
        int out = spec.scaled(block.out);
        Value y = expanded == in ? x : convolution(l, x, name + ".expand", expanded, 1, 1, 1, block.hardSwish);
        y = convolution(l, y, name + ".depthwise", expanded, block.kernel, block.stride, expanded, block.hardSwish);
        if (block.squeeze) {
            y = l.squeezeExcite(y, name + ".se", NetworkSpec.divisible(expanded / 4.0), l::relu, l::hardSigmoid);
        }
        boolean residual = block.stride == 1 && in == out;
        double scale = residual && spec.zeroInit() ? 0 : 1;
        y = l.batchNorm(l.conv(y, name + ".project.0", out, 1, 1, 1), name + ".project.1", 1e-3, scale);
        return residual ? l.ops().add(x, y) : y;
    }
}
