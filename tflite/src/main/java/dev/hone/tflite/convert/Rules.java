package dev.hone.tflite.convert;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The table of rules by the name of the operator, one file per family of operators. */
public final class Rules {
    private static final Map<String, Rule> TABLE = new TreeMap<>();

    static {
        Elementwise.register(TABLE);
        Activations.register(TABLE);
        Convolutions.register(TABLE);
        Pools.register(TABLE);
        MatrixOperators.register(TABLE);
        Reductions.register(TABLE);
        Layouts.register(TABLE);
        BlockMoves.register(TABLE);
        Selections.register(TABLE);
        Resizes.register(TABLE);
    }

    private Rules() {}

    /** The operators that are read. */
    public static Set<String> operators() {
        return Collections.unmodifiableSet(TABLE.keySet());
    }

    /** Null if there is none. */
    static Rule of(String operator) {
        return TABLE.get(operator);
    }
}
