package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The floating-point types in which ONNX Runtime's CPU provider runs the operators that rules introduce. ONNX allows more:
 * a model in a type that is not listed runs in its decomposed form only. {@code float16} runs with casts where there is no
 * kernel.
 */
final class RuntimeKernels {
    private static final Set<ElementType> SINGLE = EnumSet.of(ElementType.FLOAT, ElementType.FLOAT16);
    private static final Set<ElementType> DOUBLE =
            EnumSet.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE);

    static final Map<String, Set<ElementType>> TABLE = Map.ofEntries(
            Map.entry("Add", DOUBLE),
            Map.entry(
                    "Clip",
                    EnumSet.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16)),
            Map.entry("Gelu", SINGLE),
            Map.entry("Gemm", DOUBLE),
            Map.entry("GlobalAveragePool", SINGLE),
            Map.entry("HardSigmoid", SINGLE),
            Map.entry("HardSwish", SINGLE),
            Map.entry("LeakyRelu", SINGLE),
            Map.entry("MaxPool", DOUBLE),
            Map.entry("Mul", DOUBLE),
            Map.entry("Relu", DOUBLE));

    private RuntimeKernels() {}

    /** Whether the runtime has an operator of the table in a type; null is an unknown type. */
    static boolean has(String op, ElementType type) {
        return type != null && TABLE.get(op).contains(type);
    }
}
