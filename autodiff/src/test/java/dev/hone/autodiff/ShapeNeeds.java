package dev.hone.autodiff;

import dev.hone.autodiff.OperatorCase.Known;
import java.util.Map;

/** Which rules need to know something of shapes; without it they refuse by name. All others work without knowing any. */
final class ShapeNeeds {
    /** By operator; rows that need more or less say so themselves. */
    private static final Map<String, Known> NEEDS = Map.ofEntries(
            Map.entry("Conv", Known.SIZES),
            Map.entry("ConvTranspose", Known.SIZES),
            Map.entry("com.microsoft.MultiHeadAttention", Known.RANK),
            Map.entry("Loop", Known.RANK),
            Map.entry("Resize", Known.NOTHING));

    private ShapeNeeds() {}

    /** Whether a row needs the values of its parameters, however much is known of shapes. */
    static boolean parameters(OperatorCase test) {
        return test.attributes().containsKey("keep_aspect_ratio_policy");
    }

    static Known of(OperatorCase test) {
        boolean resizesSome = test.op().equals("Resize") && (test.attributes().containsKey("axes") || parameters(test));
        if (resizesSome && test.needs() == null) {
            return Known.RANK;
        }
        return test.needs() != null ? test.needs() : NEEDS.getOrDefault(test.op(), Known.NOT_EVEN_PARAMETERS);
    }
}
