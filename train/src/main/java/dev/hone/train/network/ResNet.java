package dev.hone.train.network;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;

/**
 * Residual networks (He et al. 2016) as torchvision builds them, the stride in the 3 x 3 convolution of a bottleneck; as
 * ResNet-D (He et al. 2019, "Bag of tricks for image classification with convolutional neural networks") with the names of
 * timm; and two of one basic block per stage for images of surfaces.
 *
 * <p>A published shortcut of stride 2 is a 1 x 1 convolution that reads one pixel in four. Where residual branches start
 * as zero, the network begins as its shortcuts: after three of them it reads one position in 64, and defects between these
 * positions are learned late or never. All networks but the published ones therefore have the shortcuts of ResNet-D.
 */
final class ResNet {
    /** How a shortcut halves the size. */
    private enum Shortcut {
        /** A 1 x 1 convolution of stride 2. */
        STRIDED,
        /** 2 x 2 average pooling, then a 1 x 1 convolution: every pixel counts. */
        POOLED
    }

    private final Layers l;
    private final NetworkSpec spec;
    private final boolean bottleneck;
    private final Shortcut shortcut;

    private ResNet(Layers layers, NetworkSpec spec, boolean bottleneck, Shortcut shortcut) {
        this.l = layers;
        this.spec = spec;
        this.bottleneck = bottleneck;
        this.shortcut = shortcut;
    }

    /** Four stages that double the channels: 24, 48, 96, 192 at width 1. */
    static Value small(Layers l, NetworkSpec spec, Value x) {
        int w = spec.scaled(24);
        Value y = x;
        if (spec.stem() == NetworkSpec.Stem.CONV3_TWICE) {
            y = stem(l, y, "stem.0", w / 2, 3);
            y = stem(l, y, "stem.1", w, 3);
        } else {
            y = stem(l, y, "stem.0", w, 3);
            if (spec.stem() == NetworkSpec.Stem.CONV3_POOL) {
                y = l.maxPool(y, 3, 2);
            }
        }
        return new ResNet(l, spec, false, Shortcut.POOLED).stages(y, w, 1, 1, 1, 1);
    }

    /**
     * For images of surfaces on weak machines: down to a quarter of the size in two convolutions, then three stages
     * of one block that halve it and double the channels: 64, 128, 256 at width 1.
     */
    static Value edge(Layers l, NetworkSpec spec, Value x) {
        int w = spec.scaled(32);
        Value y = stem(l, stem(l, x, "stem.0", w / 2, 3), "stem.1", w, 3);
        return new ResNet(l, spec, false, Shortcut.POOLED).stages(y, w, 0, 1, 1, 1);
    }

    static Value standard(Layers l, NetworkSpec spec, Value x, boolean bottleneck, int... blocks) {
        int w = spec.scaled(64);
        Value y = l.relu(l.batchNorm(l.conv(x, "conv1", w, 7, 2, 1), "bn1"));
        return new ResNet(l, spec, bottleneck, Shortcut.STRIDED).stages(l.maxPool(y, 3, 2), w, blocks);
    }

    /** ResNet-D: a stem of three 3 x 3 convolutions, which are called as in timm, and pooled shortcuts. */
    static Value deepStem(Layers l, NetworkSpec spec, Value x, boolean bottleneck, int... blocks) {
        int w = spec.scaled(64);
        Value y = l.relu(l.batchNorm(l.conv(x, "conv1.0", w / 2, 3, 2, 1), "conv1.1"));
        y = l.relu(l.batchNorm(l.conv(y, "conv1.3", w / 2, 3, 1, 1), "conv1.4"));
        y = l.relu(l.batchNorm(l.conv(y, "conv1.6", w, 3, 1, 1), "bn1"));
        return new ResNet(l, spec, bottleneck, Shortcut.POOLED).stages(l.maxPool(y, 3, 2), w, blocks);
    }

    private static Value stem(Layers l, Value x, String name, int out, int kernel) {
        return l.relu(l.batchNorm(l.conv(x, name + ".conv", out, kernel, 2, 1), name + ".bn"));
    }

    private Value stages(Value x, int width, int... blocks) {
        Value y = x;
        for (int stage = 0; stage < blocks.length; stage++) {
            int inner = width << stage;
            for (int block = 0; block < spec.repeated(blocks[stage]); block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                y = block(y, "layer" + (stage + 1) + "." + block, inner, stride);
            }
        }
        Value features = l.dropout(l.pool(y, spec.pooling()), spec.dropoutOr(0));
        return l.linear(features, "fc", (int) features.shape().size(1), spec.classes());
    }

    /** Two 3 x 3 convolutions, or 1 x 1, 3 x 3 and 1 x 1 with four times the channels; and the input added. */
    private Value block(Value x, String name, int inner, int stride) {
        Ops o = l.ops();
        int out = bottleneck ? 4 * inner : inner;
        double last = spec.zeroInit() ? 0 : 1;
        Value y;
        if (bottleneck) {
            y = l.relu(l.batchNorm(l.conv(x, name + ".conv1", inner, 1, 1, 1), name + ".bn1"));
            y = l.relu(l.batchNorm(l.conv(y, name + ".conv2", inner, 3, stride, 1), name + ".bn2"));
            y = l.batchNorm(l.conv(y, name + ".conv3", out, 1, 1, 1), name + ".bn3", 1e-5, last);
        } else {
            y = l.relu(l.batchNorm(l.conv(x, name + ".conv1", inner, 3, stride, 1), name + ".bn1"));
            y = l.batchNorm(l.conv(y, name + ".conv2", out, 3, 1, 1), name + ".bn2", 1e-5, last);
        }
        if (spec.squeezeExcite()) {
            y = l.squeezeExcite(y, name + ".se", Math.max(8, out / 8), l::relu, l::sigmoid);
        }
        boolean same = stride == 1 && Layers.channels(x) == out;
        return l.relu(o.add(y, same ? x : shortcut(x, name + ".downsample.", out, stride)));
    }

    private Value shortcut(Value x, String name, int out, int stride) {
        if (shortcut == Shortcut.STRIDED) {
            return l.batchNorm(l.conv(x, name + 0, out, 1, stride, 1), name + 1);
        }
        Value pooled = stride == 1 ? x : l.averagePool(x, stride);
        return l.batchNorm(l.conv(pooled, name + 1, out, 1, 1, 1), name + 2);
    }
}
