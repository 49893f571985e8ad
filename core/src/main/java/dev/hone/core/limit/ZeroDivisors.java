package dev.hone.core.limit;

import java.util.BitSet;
import java.util.Map;
import java.util.Set;

/** Attributes that ONNX Runtime (1.29) divides by without a check, so that a zero ends the process. */
final class ZeroDivisors {
    private static final Map<String, Set<String>> ATTRIBUTES =
            Map.of("Attention", Set.of("q_num_heads", "kv_num_heads"), "ConvTranspose", Set.of("group"));

    private static final BitSet LENGTHS = new BitSet();

    static {
        ATTRIBUTES.keySet().forEach(name -> LENGTHS.set(name.length()));
    }

    private ZeroDivisors() {}

    /**
     * @param operator the bytes of its operator's name
     * @throws LimitException if a node has such an attribute of zero
     */
    static void check(WireMessage node, int operator) {
        // Names are decoded only where they may be among those.
        if (!LENGTHS.get(operator)) {
            return;
        }
        Set<String> divisors = ATTRIBUTES.get(ModelScan.text(node, 4));
        String domain = ModelScan.text(node, 7);
        if (divisors == null || !domain.isEmpty() && !domain.equals("ai.onnx")) {
            return;
        }
        WireMessage fields = node.again();
        while (fields.next()) {
            if (fields.block() == 5 && isZero(fields.message())) {
                String name = ModelScan.text(fields.message(), 1);
                if (divisors.contains(name)) {
                    throw new LimitException(ModelScan.label(node) + ": its attribute " + name
                            + " is 0, expected 1 or more; the file is damaged");
                }
            }
        }
    }

    /** A number that is not written is 0, unless it is an attribute of the function around the node. */
    private static boolean isZero(WireMessage attribute) {
        boolean zero = true;
        while (attribute.next()) {
            zero &= (attribute.integer() != 3 || attribute.number() == 0) && attribute.block() != 21;
        }
        return zero;
    }
}
