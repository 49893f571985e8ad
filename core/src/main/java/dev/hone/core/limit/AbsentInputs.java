package dev.hone.core.limit;

import java.util.Map;

/**
 * Inputs that ONNX Runtime's kernels read without asking whether they are there. It checks that required inputs are, but
 * not one by one where an operator takes any number, and takes some for optional that its kernels need.
 */
final class AbsentInputs {
    /** Operators that take any number of inputs, and how many before those may be absent. */
    static final Map<String, Integer> VARIADIC = Map.of(
            "Concat",
            0,
            "Einsum",
            0,
            "Loop",
            2,
            "Max",
            0,
            "Mean",
            0,
            "Min",
            0,
            "Scan",
            0,
            "SequenceConstruct",
            0,
            "SequenceMap",
            1,
            "Sum",
            0);

    private static final String RUNTIME = "com.microsoft";

    /** Operators of the runtime's own domain, and the input that its kernel on the CPU needs though it counts as optional. */
    private static final Map<String, Integer> NEEDED = Map.of("Attention", 2);

    private AbsentInputs() {}

    /**
     * @param absent whether one of its inputs has no name
     * @param domain the bytes of its domain's name
     * @throws LimitException if one is missing
     */
    static void check(WireMessage node, boolean absent, int domain) {
        if (absent || domain == RUNTIME.length()) {
            String name = ModelScan.text(node, 7);
            String operator = ModelScan.text(node, 4);
            Integer optional = VARIADIC.get(operator);
            Integer needed = NEEDED.get(operator);
            if (optional != null && (name.isEmpty() || name.equals("ai.onnx"))) {
                requireFrom(node, optional);
            } else if (needed != null && name.equals(RUNTIME)) {
                require(node, needed);
            }
        }
    }

    private static void requireFrom(WireMessage node, int first) {
        WireMessage fields = node.again();
        for (int i = 0; fields.next(); ) {
            if (fields.block() == 1) {
                if (i >= first && fields.length() == 0) {
                    throw new LimitException(
                            ModelScan.label(node) + ": lacks input " + i + ", which has no name; the file is damaged");
                }
                i++;
            }
        }
    }

    private static void require(WireMessage node, int needed) {
        WireMessage fields = node.again();
        for (int i = 0; fields.next(); ) {
            if (fields.block() == 1 && i++ == needed && fields.length() > 0) {
                return;
            }
        }
        throw new LimitException(ModelScan.label(node) + ": lacks input " + needed
                + ", without which ONNX Runtime crashes; give it one of zeros");
    }
}
