package dev.hone.graph.expand;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;

/**
 * {@code RotaryEmbedding} of opset 23: the first R elements of each head are pairs (a, b) that are rotated to
 * {@code (a cos - b sin, a sin + b cos)}. A pair consists of neighbours where it is interleaved, of element i and element
 * i + R/2 otherwise. X is [B,H,S,D] or [B,S,H D]; the caches are [B,S,R/2], or [P,R/2] from which positions [B,S] choose.
 */
final class RotaryExpansion {
    private RotaryExpansion() {}

    static List<Value> expand(Ops o, Node n) {
        Value x = n.input(0);
        boolean merged = x.shape() == null
                ? n.intAttribute("num_heads", 0) > 0
                : x.shape().rank() == 3;
        Value heads = merged ? o.reshape(x, 0, 0, n.intAttribute("num_heads", 1), -1) : Sizes.ranked(o, x, 4);
        int headAxis = merged ? 2 : 1;
        Value cos = angles(o, n, n.input(1), headAxis);
        Value sin = angles(o, n, n.input(2), headAxis);

        long width = n.intAttribute("rotary_embedding_dim", 0);
        boolean all =
                width == 0 || (heads.shape() != null && heads.shape().dim(-1).is(width));
        Value rotated = rotate(o, n, all ? heads : o.slice(heads, -1, 0, width, 1), cos, sin);
        Value y = all ? rotated : o.concat(-1, List.of(rotated, o.slice(heads, -1, width, Integer.MAX_VALUE, 1)));
        return List.of(merged ? o.reshape(y, 0, 0, -1) : y);
    }

    private static Value angles(Ops o, Node n, Value cache, int headAxis) {
        Value positions = n.input(3);
        Value chosen = positions == null
                ? Sizes.ranked(o, cache, 3)
                : o.op("Gather", Map.of("axis", 0), Sizes.ranked(o, cache, 2), Sizes.ranked(o, positions, 2));
        return o.unsqueeze(chosen, headAxis);
    }

    private static Value rotate(Ops o, Node n, Value x, Value cos, Value sin) {
        boolean interleaved = n.intAttribute("interleaved", 0) != 0;
        Value pairs = interleaved ? o.reshape(x, 0, 0, 0, -1, 2) : x;
        List<Value> halves = o.node("", "Split", Map.of("axis", -1, "num_outputs", 2), 2, pairs)
                .outputs();
        Value a = interleaved ? o.squeeze(halves.get(0), -1) : halves.get(0);
        Value b = interleaved ? o.squeeze(halves.get(1), -1) : halves.get(1);
        Value real = o.sub(o.mul(a, cos), o.mul(b, sin));
        Value imaginary = o.add(o.mul(a, sin), o.mul(b, cos));
        if (!interleaved) {
            return o.concat(-1, List.of(real, imaginary));
        }
        Value stacked = o.concat(-1, List.of(o.unsqueeze(real, -1), o.unsqueeze(imaginary, -1)));
        return o.reshape(stacked, 0, 0, 0, -1);
    }
}
