package dev.hone.train.network;

import dev.hone.core.HoneException;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;

/**
 * Vision transformers with normalization in front of each branch (Dosovitskiy et al. 2021).
 *
 * <p>{@code vit-tiny}: patches of 16 x 16, 192 features, 12 layers of 3 heads, a class token, as DeiT-tiny.
 * {@code vit-compact}: patches made by three strided convolutions (8 x 8 pixels), 128 features, 6 layers of 4 heads, the
 * mean over all tokens; it learns from a few thousand images (Hassani et al. 2021, Xiao et al. 2021).
 */
final class VisionTransformer {
    private final Layers l;
    private final Ops o;
    private final int features;
    private final int heads;

    private VisionTransformer(Layers l, int features, int heads) {
        this.l = l;
        this.o = l.ops();
        this.features = features;
        this.heads = heads;
    }

    static Value tiny(Layers l, NetworkSpec spec, Value x) {
        VisionTransformer vit = new VisionTransformer(l, spec.scaled(192), 3);
        return vit.build(spec, vit.patches(spec, x), 12, true);
    }

    static Value compact(Layers l, NetworkSpec spec, Value x) {
        VisionTransformer vit = new VisionTransformer(l, spec.scaled(128), 4);
        Value y = x;
        int[] widths = {vit.features / 4, vit.features / 2, vit.features};
        for (int i = 0; i < widths.length; i++) {
            y = l.batchNorm(l.conv(y, "tokens." + i + ".conv", widths[i], 3, 2, 1), "tokens." + i + ".bn");
            y = i < widths.length - 1 ? l.relu(y) : y;
        }
        return vit.build(spec, y, 6, false);
    }

    /** 16 x 16 pixels to one vector. */
    private Value patches(NetworkSpec spec, Value x) {
        if (spec.height() % 16 != 0 || spec.width() % 16 != 0) {
            throw new HoneException("input size is " + spec.height() + " x " + spec.width()
                    + ", vit-tiny cuts it into patches of 16 x 16: choose multiples of 16");
        }
        double bound = 1 / Math.sqrt(spec.channels() * 256.0);
        return o.op(
                "Conv",
                Map.of("kernel_shape", new long[] {16, 16}, "strides", new long[] {16, 16}),
                x,
                l.uniform("patch_embed.proj.weight", bound, features, spec.channels(), 16, 16),
                l.uniform("patch_embed.proj.bias", bound, features));
    }

    private Value build(NetworkSpec spec, Value map, int layers, boolean classToken) {
        long count = map.shape().size(2) * map.shape().size(3);
        Value tokens = o.transpose(o.reshape(map, 0, features, count), 0, 2, 1);
        if (classToken) {
            // A zero token in front, to which the class token is added with the positions: no size of the batch is
            // needed.
            tokens = o.op("Pad", tokens, o.vector(0, 1, 0, 0, 0, 0));
            Value token = l.normal("cls_token", 0.02, 1, 1, features);
            tokens = o.add(tokens, o.op("Pad", token, o.vector(0, 0, 0, 0, count, 0)));
            count++;
        }
        tokens = o.add(tokens, l.normal("pos_embed", 0.02, 1, count, features));
        for (int layer = 0; layer < spec.repeated(layers); layer++) {
            String name = "blocks." + layer;
            tokens = o.add(tokens, attention(l.layerNorm(tokens, name + ".norm1", features), name + ".attn", count));
            Value inner =
                    l.dense(l.layerNorm(tokens, name + ".norm2", features), name + ".mlp.fc1", features, 4 * features);
            tokens = o.add(tokens, l.dense(o.op("Gelu", inner), name + ".mlp.fc2", 4 * features, features));
        }
        tokens = l.layerNorm(tokens, "norm", features);
        Value vector =
                classToken ? o.reshape(o.slice(tokens, 1, 0, 1, 1), 0, features) : o.reduceMean(tokens, false, 1);
        return l.linear(l.dropout(vector, spec.dropoutOr(0)), "head", features, spec.classes(), 0.02);
    }

    /** Multi-head self-attention on [N,T,features]. */
    private Value attention(Value x, String name, long tokens) {
        long size = features / heads;
        Value qkv = o.reshape(l.dense(x, name + ".qkv", features, 3 * features), 0, tokens, 3, heads, size);
        qkv = o.transpose(qkv, 2, 0, 3, 1, 4);
        Value q = part(qkv, 0);
        Value k = o.transpose(part(qkv, 1), 0, 1, 3, 2);
        Value weights = o.op("Softmax", Map.of("axis", -1), o.matmul(o.mul(q, 1 / Math.sqrt(size)), k));
        Value mixed = o.transpose(o.matmul(weights, part(qkv, 2)), 0, 2, 1, 3);
        return l.dense(o.reshape(mixed, 0, tokens, features), name + ".proj", features, features);
    }

    private Value part(Value qkv, int index) {
        return o.squeeze(o.slice(qkv, 0, index, index + 1L, 1), 0);
    }
}
