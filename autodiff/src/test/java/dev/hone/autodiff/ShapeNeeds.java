package dev.hone.autodiff;

import dev.hone.autodiff.OperatorCase.Known;
import java.util.Map;

/** Which rules need to know something of shapes; without it they refuse by name. All others work without knowing any. */
final class ShapeNeeds {
    /** By operator; rows that need more or less say so themselves. */
    private static final Map<String, Known> NEEDS = Map.ofEntries(
            Map.entry("BatchNormalization", Known.RANK),
            Map.entry("Conv", Known.SIZES),
            Map.entry("ConvTranspose", Known.SIZES),
            Map.entry("Gather", Known.RANK),
            Map.entry("GroupNormalization", Known.RANK),
            Map.entry("InstanceNormalization", Known.RANK),
            Map.entry("LayerNormalization", Known.RANK),
            Map.entry("MatMul", Known.RANK),
            Map.entry("Resize", Known.SIZES));

    private ShapeNeeds() {}

    static Known of(OperatorCase test) {
        return test.needs() != null ? test.needs() : NEEDS.getOrDefault(test.op(), Known.NOT_EVEN_PARAMETERS);
    }
}
