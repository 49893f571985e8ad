package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.weights;

import dev.hone.autodiff.OperatorCase.Known;
import java.util.List;

/** Operators of ONNX Runtime's own domain. */
final class RuntimeOperatorCases {
    private RuntimeOperatorCases() {}

    static List<OperatorCase> all() {
        return List.of(
                of("com.microsoft.Gelu", normal(2, 3)),
                of("com.microsoft.BiasGelu", normal(2, 3), normal(3)),
                of("com.microsoft.FastGelu", normal(2, 3), normal(3)),
                of("com.microsoft.FastGelu", normal(2, 3)),
                of("com.microsoft.QuickGelu", normal(2, 3)),
                of(
                                "com.microsoft.SkipLayerNormalization",
                                normal(2, 3, 4),
                                normal(2, 3, 4),
                                normal(4),
                                normal(4),
                                normal(4))
                        .with("epsilon", 1e-5f),
                of("com.microsoft.SkipSimplifiedLayerNormalization", normal(2, 3, 4), normal(2, 3, 4), normal(4))
                        .with("epsilon", 1e-5f),
                of("com.microsoft.FusedMatMul", normal(2, 3, 4), normal(2, 5, 4))
                        .with("transB", 1)
                        .with("alpha", 0.5f)
                        .needs(Known.RANK),
                of("com.microsoft.FusedMatMul", normal(4, 3), normal(4, 5))
                        .with("transA", 1)
                        .needs(Known.RANK),
                of("com.microsoft.FusedGemm", normal(2, 3), normal(4, 3), normal(4))
                        .with("transB", 1)
                        .with("activation", "LeakyRelu")
                        .with("activation_alpha", 0.2f),
                of("com.microsoft.FusedConv", normal(2, 3, 4, 5), weights(2, 3, 3, 3), normal(2))
                        .with("activation", "Sigmoid")
                        .needs(Known.RANK),
                of("com.microsoft.FusedConv", normal(2, 3, 4, 5), weights(2, 3, 1, 1), absent(), normal(2, 2, 4, 5))
                        .with("activation", "Tanh")
                        .needs(Known.NOTHING));
    }
}
