package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code Attention} and {@code MultiHeadAttention} of ONNX Runtime's domain: {@code softmax(scale Q K^T + mask + bias) V}
 * over H heads, Q [B,S,H d], K [B,L,H d], V [B,L,H e]. The first computes Q, K and V by one product; the second may take
 * keys and values that are split into heads already, [B,H,L,d]. Both may be preceded by a past.
 */
final class RuntimeAttention {
    private static final float EXCLUDED = -10_000;

    private final Ops o;
    private final Node n;
    private final long heads;

    private RuntimeAttention(Ops o, Node n) {
        this.o = o;
        this.n = n;
        this.heads = n.intAttribute("num_heads", 1);
    }

    static void register(Map<String, Expansion> table) {
        table.put("com.microsoft.Attention", (o, n) -> new RuntimeAttention(o, n).joined());
        table.put("com.microsoft.MultiHeadAttention", (o, n) -> new RuntimeAttention(o, n).separate());
    }

    /** input [B,S,D], weights [D,H (2 d + e)], bias, mask, past [2,B,H,P,d], attention bias */
    private List<Value> joined() {
        refuseIf(n.intAttribute("do_rotary", 0) != 0, "do_rotary");
        refuseIf(n.input(6) != null, "past_sequence_length");
        Value product = o.matmul(Sizes.ranked(o, n.input(0), 3), Sizes.ranked(o, n.input(1), 2));
        Value all = Sizes.ranked(o, n.input(2) == null ? product : o.add(product, n.input(2)), 3);
        long[] sizes = n.intsAttribute("qkv_hidden_sizes");
        List<Value> parts = (sizes == null
                        ? o.node("", "Split", Map.of("axis", -1, "num_outputs", 3), 3, all)
                        : o.node("", "Split", Map.of("axis", -1), 3, all, o.vector(sizes)))
                .outputs();
        Value past = Sizes.ranked(o, n.input(4), 5);
        Value k = behind(past == null ? null : half(past, 0), split(parts.get(1)));
        Value v = behind(past == null ? null : half(past, 1), split(parts.get(2)));
        Value y = attended(split(parts.get(0)), k, v, n.input(3), n.input(5));
        // Only heads of one width go into a present.
        Value present = n.output(1) == null ? null : o.concat(0, List.of(o.unsqueeze(k, 0), o.unsqueeze(v, 0)));
        return Arrays.asList(y, present);
    }

    /** query, key, value, bias [H (2 d + e)], key padding mask, attention bias, past key, past value */
    private List<Value> separate() {
        boolean packed = n.input(1) == null || n.input(2) == null || rank(n.input(0)) != 3 || rank(n.input(1)) == 5;
        refuseIf(packed, "packed queries, keys and values; give three tensors [B,S,D]");
        refuseIf(n.input(8) != null || n.input(9) != null, "a shared cache");
        refuseIf(
                n.output(3) != null,
                "the output " + (n.output(3) == null ? "" : n.output(3).name()));
        Value q = n.input(0);
        Value k = n.input(1);
        Value v = n.input(2);
        boolean isSplit = rank(k) == 4;
        if (n.input(3) != null) {
            Value width = Sizes.of(o, q, 2);
            Value twice = o.add(width, width);
            q = o.add(q, part(o.vector(0), width));
            k = isSplit ? k : o.add(k, part(width, twice));
            v = isSplit ? v : o.add(v, part(twice, o.vector(Long.MAX_VALUE)));
        }
        k = behind(Sizes.ranked(o, n.input(6), 4), isSplit ? k : split(k));
        v = behind(Sizes.ranked(o, n.input(7), 4), isSplit ? v : split(v));
        return Arrays.asList(attended(split(q), k, v, n.input(4), n.input(5)), k, v, null);
    }

    private int rank(Value a) {
        if (a.shape() == null) {
            throw new GraphException(n, "the rank of " + a.name() + " must be known to differentiate it");
        }
        return a.shape().rank();
    }

    private void refuseIf(boolean holds, String what) {
        if (holds) {
            throw new GraphException(n, "has no gradient with " + what);
        }
    }

    /** Some elements of the bias of a MultiHeadAttention. */
    private Value part(Value start, Value end) {
        return o.op("Slice", n.input(3), start, end, o.vector(0));
    }

    private Value half(Value past, long which) {
        return o.op("Gather", Map.of("axis", 0), past, o.constant(Tensor.scalar(which)));
    }

    private Value behind(Value past, Value a) {
        return past == null ? a : o.concat(2, List.of(past, a));
    }

    /** [B,S,H d] to [B,H,S,d] */
    private Value split(Value a) {
        return o.transpose(o.reshape(Sizes.ranked(o, a, 3), 0, 0, heads, -1), 0, 2, 1, 3);
    }

    private Value attended(Value q, Value k, Value v, Value mask, Value bias) {
        Value logits = o.matmul(o.mul(q, scale(q)), o.transpose(k, 0, 1, 3, 2));
        logits = mask == null ? logits : o.add(logits, excluded(mask, q, k));
        logits = bias == null ? logits : o.add(logits, Sizes.ranked(o, bias, 4));
        if (n.intAttribute("unidirectional", 0) != 0) {
            Value before = o.sub(Sizes.of(o, k, 2), Sizes.of(o, q, 2));
            Value last = o.add(o.unsqueeze(Sizes.range(o, q, 2), 1), before);
            Value allowed = o.op("LessOrEqual", Sizes.range(o, k, 2), last);
            logits = o.op("Where", allowed, logits, o.constantLike(q, Double.NEGATIVE_INFINITY));
        }
        Value y = o.matmul(o.op("Softmax", Map.of("axis", -1), Sizes.ranked(o, logits, 4)), v);
        return o.reshape(o.transpose(y, 0, 2, 1, 3), 0, 0, -1);
    }

    private Value scale(Value q) {
        float given = n.floatAttribute("scale", 0);
        if (given != 0) {
            return o.constantLike(q, given);
        }
        Value width = Sizes.scalar(o, q, 3);
        return width.isConstant()
                ? o.constantLike(q, 1 / Math.sqrt(width.constant().longs()[0]))
                : o.op("Reciprocal", o.op("Sqrt", o.cast(width, Sizes.type(q))));
    }

    /** A mask of lengths [B], of keys [B,L] or of queries and keys [B,S,L] as what is added to the logits. */
    private Value excluded(Value mask, Value q, Value k) {
        int rank = rank(mask);
        refuseIf(rank > 3, "a mask of rank " + rank);
        Value counts;
        if (rank == 1) {
            Value lengths = o.cast(o.reshape(mask, -1, 1, 1, 1), ElementType.INT64);
            counts = o.op("Less", Sizes.range(o, k, 2), lengths);
        } else {
            Value wide = rank == 2 ? o.unsqueeze(mask, 1, 2) : o.unsqueeze(mask, 1);
            counts = o.op("Greater", wide, o.constantLike(mask, 0));
        }
        double filter = n.floatAttribute("mask_filter_value", EXCLUDED);
        return o.op("Where", counts, o.constantLike(q, 0), o.constantLike(q, filter));
    }
}
