package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * {@code Attention} of opset 23 and later.
 *
 * <p>{@code Y = softmax(softcap(scale Q K^T) + bias) V} with Q [B,H,S,D], K [B,G,L,D], V [B,G,L,E], where each of the G
 * heads of K and V serves H/G consecutive heads of Q, and K and V are preceded by the past. Tensors of rank 3, such as
 * [B,S,H D], are split into heads first. The bias holds the mask, and minus infinity where a key is excluded; a query
 * without any key gives zero.
 */
final class AttentionExpansions {
    private final Ops o;
    private final Node n;

    private AttentionExpansions(Ops o, Node n) {
        this.o = o;
        this.n = n;
    }

    static void register(Map<String, Expansion> table) {
        table.put("Attention", (o, n) -> new AttentionExpansions(o, n).attention());
    }

    private List<Value> attention() {
        boolean merged = isMerged();
        long heads = n.intAttribute("q_num_heads", 0);
        long keyHeads = n.intAttribute("kv_num_heads", 0);
        Value q = merged ? split(n.input(0), heads) : Sizes.ranked(o, n.input(0), 4);
        Value k = merged ? split(n.input(1), keyHeads) : Sizes.ranked(o, n.input(1), 4);
        Value v = merged ? split(n.input(2), keyHeads) : Sizes.ranked(o, n.input(2), 4);
        k = n.input(4) == null ? k : o.concat(2, List.of(Sizes.ranked(o, n.input(4), 4), k));
        v = n.input(5) == null ? v : o.concat(2, List.of(Sizes.ranked(o, n.input(5), 4), v));

        Value product = scores(o.mul(q, scale(q)), k, q);
        float cap = n.floatAttribute("softcap", 0);
        Value capped = cap > 0 ? o.mul(o.op("Tanh", o.mul(product, 1 / cap)), cap) : product;
        Value bias = bias(q, k);
        boolean canBeEmpty = n.input(3) != null || n.input(6) != null || hasWindow();
        Value none = bias == null || !canBeEmpty ? null : isEmpty(bias);
        Value biased = bias == null ? capped : o.add(capped, bias);
        Value logits = none == null ? biased : o.add(capped, o.op("Where", none, o.constantLike(bias, 0), bias));
        Value probabilities = softmax(Sizes.ranked(o, logits, 4));
        if (none != null) {
            probabilities = Sizes.ranked(o, o.op("Where", none, o.constantLike(probabilities, 0), probabilities), 4);
        }
        Value y = weighted(probabilities, v, k);
        if (merged) {
            y = o.reshape(o.transpose(y, 0, 2, 1, 3), 0, 0, -1);
        }
        Value shown =
                switch ((int) n.intAttribute("qk_matmul_output_mode", 0)) {
                    case 0 -> product;
                    case 1 -> capped;
                    case 2 -> biased;
                    default -> probabilities;
                };
        return Arrays.asList(y, k, v, shown);
    }

    /** Whether heads and width are one axis; a file must then say how many heads there are. */
    private boolean isMerged() {
        Shape shape = n.input(0).shape();
        return shape == null ? n.has("q_num_heads") : shape.rank() == 3;
    }

    /** [B,S,H D] to [B,H,S,D] */
    private Value split(Value a, long heads) {
        return o.transpose(o.reshape(a, 0, 0, heads, -1), 0, 2, 1, 3);
    }

    private Value scale(Value q) {
        if (n.has("scale")) {
            return o.constantLike(q, n.floatAttribute("scale", 1));
        }
        Value width = Sizes.scalar(o, q, -1);
        if (width.isConstant()) {
            return o.constantLike(q, 1 / Math.sqrt(width.constant().longs()[0]));
        }
        return o.op("Reciprocal", o.op("Sqrt", o.cast(width, Sizes.type(q))));
    }

    private static boolean haveSameHeads(Value q, Value k) {
        return q.shape() != null
                && k.shape() != null
                && q.shape().rank() == 4
                && k.shape().rank() == 4
                && q.shape().dim(1).isConstant()
                && q.shape().dim(1).equals(k.shape().dim(1));
    }

    /** [B,H,S,L] */
    private Value scores(Value scaled, Value k, Value q) {
        if (haveSameHeads(q, k)) {
            return o.matmul(scaled, o.transpose(k, 0, 1, 3, 2));
        }
        Value grouped = group(scaled, k);
        Value keys = o.unsqueeze(o.transpose(k, 0, 1, 3, 2), 2);
        return ungroup(o.matmul(grouped, keys), q, k, 2);
    }

    /** {@code P V}, [B,H,S,E] */
    private Value weighted(Value p, Value v, Value k) {
        if (haveSameHeads(p, k)) {
            return o.matmul(p, v);
        }
        return ungroup(o.matmul(group(p, k), o.unsqueeze(v, 2)), p, v, -1);
    }

    /** [B,H,S,X] to [B,G,H/G,S,X] */
    private Value group(Value a, Value k) {
        return Sizes.reshape(
                o, a, Sizes.of(o, a, 0), Sizes.of(o, k, 1), o.vector(-1), Sizes.of(o, a, 2), Sizes.of(o, a, 3));
    }

    /** [B,G,H/G,S,X] to [B,H,S,X] */
    private Value ungroup(Value a, Value like, Value last, int axis) {
        return Sizes.reshape(
                o, a, Sizes.of(o, like, 0), Sizes.of(o, like, 1), Sizes.of(o, like, 2), Sizes.of(o, last, axis));
    }

    private Value softmax(Value logits) {
        ElementType own = Sizes.type(logits);
        long precision = n.intAttribute("softmax_precision", own.onnx());
        Value wide = o.cast(logits, AttributeTypes.numbered(n, precision, own));
        return o.cast(o.op("Softmax", Map.of("axis", -1), wide), own);
    }

    // ---- the bias

    /** Mask, causality and padding, of a shape that broadcasts to [B,H,S,L]; null if there is none of them. */
    private Value bias(Value q, Value k) {
        Value mask = n.input(3) == null ? null : padded(n.input(3), k);
        boolean isAdded = mask != null && mask.type() != ElementType.BOOL;
        Value allowed = isAdded ? null : mask;
        boolean positioned = n.intAttribute("is_causal", 0) != 0 || hasWindow();
        if (positioned && n.input(6) != null && n.input(4) == null) {
            throw new GraphException(
                    n,
                    "has no gradient with nonpad_kv_seqlen and is_causal or a window: runtimes disagree about which keys"
                            + " they exclude; give the mask as attn_mask");
        }
        if (n.intAttribute("is_causal", 0) != 0) {
            allowed = both(allowed, o.op("LessOrEqual", column(k), o.add(row(q), offset())));
        }
        if (n.intAttribute("left_window_size", -1) >= 0) {
            Value first = o.add(o.add(row(q), offset()), -n.intAttribute("left_window_size", 0));
            allowed = both(allowed, o.op("GreaterOrEqual", column(k), first));
        }
        if (n.intAttribute("right_window_size", -1) >= 0) {
            Value last = o.add(o.add(row(q), offset()), n.intAttribute("right_window_size", 0));
            allowed = both(allowed, o.op("LessOrEqual", column(k), last));
        }
        if (n.input(6) != null) {
            allowed = both(allowed, o.op("Less", column(k), o.reshape(n.input(6), -1, 1, 1, 1)));
        }
        if (allowed == null) {
            return mask;
        }
        Value excluded = o.constantLike(q, Double.NEGATIVE_INFINITY);
        return o.op("Where", allowed, isAdded ? mask : o.constantLike(q, 0), excluded);
    }

    private boolean hasWindow() {
        return n.intAttribute("left_window_size", -1) >= 0 || n.intAttribute("right_window_size", -1) >= 0;
    }

    private Value both(Value a, Value b) {
        return a == null ? b : o.op("And", a, b);
    }

    /** Indices of queries, [S,1]. */
    private Value row(Value q) {
        return o.unsqueeze(Sizes.range(o, q, 2), 1);
    }

    /** Indices of keys, [L]. */
    private Value column(Value k) {
        return Sizes.range(o, k, 2);
    }

    /** The number of keys before the first query. */
    private Value offset() {
        return n.input(4) == null ? o.vector(0) : Sizes.of(o, Sizes.ranked(o, n.input(4), 4), 2);
    }

    /** The mask with keys that it does not mention excluded. */
    private Value padded(Value mask, Value k) {
        Shape shape = mask.shape();
        if (shape != null && k.shape() != null && shape.dim(-1).equals(k.shape().dim(2))) {
            return mask;
        }
        Value missing = o.sub(Sizes.of(o, k, 2), Sizes.of(o, mask, -1));
        boolean isBool = mask.type() == ElementType.BOOL;
        Tensor filler = Tensor.filled(Sizes.type(mask), isBool ? 0 : Double.NEGATIVE_INFINITY);
        Value pads = Sizes.join(o, o.vector(0), missing);
        return o.op("Pad", mask, pads, o.constant(filler), o.vector(-1));
    }

    /** Where a query has no key, [...,1]. */
    private Value isEmpty(Value bias) {
        Value greatest = o.op("ReduceMax", Map.of("keepdims", 1), bias, o.vector(-1));
        return o.op("Equal", greatest, o.constantLike(bias, Double.NEGATIVE_INFINITY));
    }
}
