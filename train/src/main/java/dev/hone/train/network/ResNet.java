package dev.hone.train.network;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;

/**
 * Residual networks (He et al. 2016) as torchvision builds them, the stride in the 3 x 3 convolution of a bottleneck;
 * and {@code resnet-small}, for small grayscale images: a light stem and one basic block per stage.
 */
final class ResNet {
    private final Layers l;
    private final NetworkSpec spec;
    private final boolean bottleneck;

    private ResNet(Layers layers, NetworkSpec spec, boolean bottleneck) {
        this.l = layers;
        this.spec = spec;
        this.bottleneck = bottleneck;
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
        return new ResNet(l, spec, false).stages(y, w, 1, 1, 1, 1);
    }

    /**
     * For images of surfaces on weak machines: down to a quarter of the size in two convolutions, then three stages
     * of one block that halve it and double the channels: 64, 128, 256 at width 1.
     */
    static Value edge(Layers l, NetworkSpec spec, Value x) {
        int w = spec.scaled(32);
        Value y = stem(l, stem(l, x, "stem.0", w / 2, 3), "stem.1", w, 3);
        return new ResNet(l, spec, false).stages(y, w, 0, 1, 1, 1);
    }

    static Value standard(Layers l, NetworkSpec spec, Value x, boolean bottleneck, int... blocks) {
        int w = spec.scaled(64);
        Value y = l.relu(l.batchNorm(l.conv(x, "conv1", w, 7, 2, 1), "bn1"));
        return new ResNet(l, spec, bottleneck).stages(l.maxPool(y, 3, 2), w, blocks);
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
        Value shortcut = x;
        if (stride != 1 || Layers.channels(x) != out) {
            shortcut = l.batchNorm(l.conv(x, name + ".downsample.0", out, 1, stride, 1), name + ".downsample.1");
        }
        return l.relu(o.add(y, shortcut));
    }
}
