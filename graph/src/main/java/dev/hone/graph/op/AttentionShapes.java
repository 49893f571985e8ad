package dev.hone.graph.op;

import dev.hone.graph.Dim;
import dev.hone.graph.Shape;
import java.util.Map;

/**
 * Attention and its positions. Q [B,H,S,D], K [B,G,L,D], V [B,G,L,E], the past P before the L keys: Y [B,H,S,E],
 * present_key [B,G,P+L,D], present_value [B,G,P+L,E], qk_matmul_output [B,H,S,P+L]. With rank 3, Q is [B,S,H D], K
 * [B,L,G D], V [B,L,G E] and Y [B,S,H E].
 */
final class AttentionShapes {
    private AttentionShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("Attention", AttentionShapes::attention);
        table.put("RotaryEmbedding", n -> n.output(0, n.shape(0)));
        table.put("com.microsoft.Attention", AttentionShapes::joined);
        table.put("com.microsoft.MultiHeadAttention", AttentionShapes::separate);
    }

    private static void attention(ShapeContext n) {
        Shape q = heads(n, 0, "q_num_heads");
        Shape k = heads(n, 1, "kv_num_heads");
        Shape v = heads(n, 2, "kv_num_heads");
        if (q == null || k == null || v == null) {
            return;
        }
        n.require(q.dim(3), k.dim(3), "width of the heads of Q and K");
        Dim keys = n.same(k.dim(2), v.dim(2), "length of K and V").plus(past(n, 2));
        Dim batch = n.same(q.dim(0), k.dim(0), "batch of Q and K");
        Shape y = Shape.of(batch, q.dim(1), q.dim(2), v.dim(3));
        boolean merged = n.rank(0) == 3;
        n.output(0, merged ? Shape.of(batch, q.dim(2), q.dim(1).times(v.dim(3))) : y);
        n.output(1, k.with(2, keys));
        n.output(2, v.with(2, keys));
        n.output(3, batch, q.dim(1), q.dim(2), keys);
    }

    /** The length of the past, at an axis of it. */
    private static Dim past(ShapeContext n, int axis) {
        int input = n.node().op().equals("MultiHeadAttention") ? 6 : 4;
        if (!n.has(input)) {
            return Dim.ZERO;
        }
        return n.shape(input) == null ? Dim.unknown() : n.shape(input).dim(axis);
    }

    /** Q, K or V as [batch, heads, length, width]; null if its rank or the number of heads is not known. */
    static Shape heads(ShapeContext n, int input, String attribute) {
        Shape x = n.shape(input);
        if (x == null) {
            return null;
        }
        if (x.rank() != 3 && x.rank() != 4) {
            throw n.error("expected inputs of rank 3 or 4, found " + x);
        }
        long heads = n.attribute(attribute, 0);
        if (x.rank() == 4 || heads <= 0) {
            return x.rank() == 4 ? x : null;
        }
        return Shape.of(x.dim(0), Dim.of(heads), x.dim(1), x.dim(2).floorDiv(heads));
    }

    /** input [B,S,D], weights [D,H (2 d + e)], past [2,B,H,P,d] */
    private static void joined(ShapeContext n) {
        Shape x = n.shape(0);
        Shape w = n.shape(1);
        if (x == null || w == null || x.rank() != 3 || w.rank() != 2) {
            return;
        }
        n.require(x.dim(2), w.dim(0), "width of the input and rows of the weights");
        Dim value = valueWidth(n, w);
        n.output(0, Shape.of(x.dim(0), x.dim(1), value));
        Dim keys = x.dim(1).plus(past(n, 3));
        long heads = n.attribute("num_heads", 1);
        n.output(1, Dim.of(2), x.dim(0), Dim.of(heads), keys, value.floorDiv(heads));
    }

    private static Dim valueWidth(ShapeContext n, Shape weights) {
        long[] sizes = n.node().intsAttribute("qkv_hidden_sizes");
        return sizes != null && sizes.length == 3
                ? Dim.of(sizes[2])
                : weights.dim(1).floorDiv(3);
    }

    /** query, key and value [B,S,H d], [B,L,H d], [B,L,H e], or the last two split into heads */
    private static void separate(ShapeContext n) {
        Shape q = n.shape(0);
        Shape k = n.has(1) ? heads(n, 1, "num_heads") : null;
        Shape v = n.has(2) ? heads(n, 2, "num_heads") : null;
        if (q == null || k == null || v == null || q.rank() != 3) {
            return;
        }
        n.output(0, Shape.of(q.dim(0), q.dim(1), v.dim(1).times(v.dim(3))));
        Dim keys = k.dim(2).plus(past(n, 2));
        n.output(1, k.with(2, keys));
        n.output(2, v.with(2, keys));
        n.output(3, q.dim(0), k.dim(1), q.dim(1), keys);
    }

    static Dim joinedMultiplyAdds(ShapeContext n) {
        Shape x = n.shape(0);
        Shape w = n.shape(1);
        if (x == null || w == null || x.rank() != 3 || w.rank() != 2) {
            return Dim.unknown();
        }
        Dim rows = x.dim(0).times(x.dim(1));
        Dim widths = w.dim(1).minus(valueWidth(n, w)).floorDiv(2).plus(valueWidth(n, w));
        return rows.times(x.dim(2))
                .times(w.dim(1))
                .plus(rows.times(x.dim(1).plus(past(n, 3))).times(widths));
    }

    static Dim separateMultiplyAdds(ShapeContext n) {
        Shape q = n.shape(0);
        Shape k = n.has(1) ? heads(n, 1, "num_heads") : null;
        Shape v = n.has(2) ? heads(n, 2, "num_heads") : null;
        if (q == null || k == null || v == null || q.rank() != 3) {
            return Dim.unknown();
        }
        Dim pairs = q.dim(0).times(q.dim(1)).times(k.dim(2).plus(past(n, 2)));
        return pairs.times(q.dim(2).plus(v.dim(1).times(v.dim(3))));
    }

    /** {@code Q K^T} and {@code P V} */
    static Dim multiplyAdds(ShapeContext n) {
        Shape q = heads(n, 0, "q_num_heads");
        Shape k = heads(n, 1, "kv_num_heads");
        Shape v = heads(n, 2, "kv_num_heads");
        if (q == null || k == null || v == null) {
            return Dim.unknown();
        }
        Dim pairs = q.dim(0).times(q.dim(1)).times(q.dim(2)).times(k.dim(2).plus(past(n, 2)));
        return pairs.times(q.dim(3).plus(v.dim(3)));
    }
}
