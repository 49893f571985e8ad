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
    }

    private static void attention(ShapeContext n) {
        Shape q = heads(n, 0, "q_num_heads");
        Shape k = heads(n, 1, "kv_num_heads");
        Shape v = heads(n, 2, "kv_num_heads");
        if (q == null || k == null || v == null) {
            return;
        }
        n.require(q.dim(3), k.dim(3), "width of the heads of Q and K");
        Dim keys = n.same(k.dim(2), v.dim(2), "length of K and V").plus(past(n));
        Dim batch = n.same(q.dim(0), k.dim(0), "batch of Q and K");
        Shape y = Shape.of(batch, q.dim(1), q.dim(2), v.dim(3));
        boolean merged = n.rank(0) == 3;
        n.output(0, merged ? Shape.of(batch, q.dim(2), q.dim(1).times(v.dim(3))) : y);
        n.output(1, k.with(2, keys));
        n.output(2, v.with(2, keys));
        n.output(3, batch, q.dim(1), q.dim(2), keys);
    }

    private static Dim past(ShapeContext n) {
        if (!n.has(4)) {
            return Dim.ZERO;
        }
        return n.shape(4) == null ? Dim.unknown() : n.shape(4).dim(2);
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

    /** {@code Q K^T} and {@code P V} */
    static Dim multiplyAdds(ShapeContext n) {
        Shape q = heads(n, 0, "q_num_heads");
        Shape k = heads(n, 1, "kv_num_heads");
        Shape v = heads(n, 2, "kv_num_heads");
        if (q == null || k == null || v == null) {
            return Dim.unknown();
        }
        Dim pairs = q.dim(0).times(q.dim(1)).times(q.dim(2)).times(k.dim(2).plus(past(n)));
        return pairs.times(q.dim(3).plus(v.dim(3)));
    }
}
