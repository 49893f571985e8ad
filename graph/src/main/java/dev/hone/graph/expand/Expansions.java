package dev.hone.graph.expand;

import dev.hone.graph.Node;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The table of expansions, by operator; those outside of ONNX's own domain with it in front. */
public final class Expansions {
    private static final Map<String, Expansion> TABLE = new TreeMap<>();

    static {
        AttentionExpansions.register(TABLE);
        NormalizationExpansions.register(TABLE);
        LossExpansions.register(TABLE);
        RecurrentExpansions.register(TABLE);
        SamplingExpansions.register(TABLE);
        RuntimeExpansions.register(TABLE);
        RuntimeAttention.register(TABLE);
    }

    private Expansions() {}

    /** All of them. */
    public static Map<String, Expansion> table() {
        return Collections.unmodifiableMap(TABLE);
    }

    /** The expansion of a node's operator, or null. */
    public static Expansion of(Node node) {
        return TABLE.get(node.domain().isEmpty() ? node.op() : node.domain() + "." + node.op());
    }
}
