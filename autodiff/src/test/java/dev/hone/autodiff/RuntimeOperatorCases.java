package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.weights;

import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Operators of ONNX Runtime's own domain. */
final class RuntimeOperatorCases {
    private RuntimeOperatorCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> all = new ArrayList<>(attention());
        all.addAll(fused());
        return all;
    }

    private static OperatorCase.Input ints(long[] dims, long... values) {
        return fixed(Tensor.ofLongs(values, dims).to(ElementType.INT32));
    }

    private static List<OperatorCase> attention() {
        OperatorCase.Input lengths = ints(new long[] {2}, 3, 2);
        OperatorCase.Input keys = ints(new long[] {2, 3}, 1, 0, 1, 1, 1, 0);
        OperatorCase joined = of("com.microsoft.Attention", normal(2, 3, 4), normal(4, 12), normal(12))
                .with("num_heads", 2);
        OperatorCase separate = of(
                        "com.microsoft.MultiHeadAttention", normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 6))
                .with("num_heads", 2);
        return List.of(
                joined.order(2),
                joined.with("unidirectional", 1),
                of("com.microsoft.Attention", normal(2, 3, 4), normal(4, 12), normal(12), lengths)
                        .with("num_heads", 2)
                        .needs(Known.NOTHING),
                of("com.microsoft.Attention", normal(2, 3, 4), normal(4, 14), normal(14), keys)
                        .with("num_heads", 2)
                        .with("qkv_hidden_sizes", new long[] {4, 4, 6})
                        .with("scale", 0.3f)
                        .needs(Known.NOTHING),
                of(
                                "com.microsoft.Attention",
                                normal(2, 3, 4),
                                normal(4, 12),
                                normal(12),
                                absent(),
                                normal(2, 2, 2, 2, 2))
                        .with("num_heads", 2)
                        .with("unidirectional", 1)
                        .outputs(2),
                of(
                                "com.microsoft.Attention",
                                normal(2, 3, 4),
                                normal(4, 12),
                                normal(12),
                                absent(),
                                absent(),
                                normal(2, 2, 3, 3))
                        .with("num_heads", 2),
                separate.order(2),
                of(
                                "com.microsoft.MultiHeadAttention",
                                normal(2, 3, 4),
                                normal(2, 3, 4),
                                normal(2, 3, 6),
                                normal(14),
                                keys,
                                normal(2, 2, 3, 3))
                        .with("num_heads", 2)
                        .needs(Known.RANK),
                of("com.microsoft.MultiHeadAttention", normal(2, 3, 4), normal(2, 2, 5, 2), normal(2, 2, 5, 2))
                        .with("num_heads", 2)
                        .needs(Known.RANK)
                        .named("split"),
                of(
                                "com.microsoft.MultiHeadAttention",
                                normal(2, 3, 4),
                                normal(2, 3, 4),
                                normal(2, 3, 4),
                                absent(),
                                absent(),
                                absent(),
                                normal(2, 2, 2, 2),
                                normal(2, 2, 2, 2))
                        .with("num_heads", 2)
                        .with("unidirectional", 1)
                        .with("scale", 0.5f)
                        .outputs(3));
    }

    private static List<OperatorCase> fused() {
        OperatorCase.Input words = ints(new long[] {2, 3}, 1, 4, 0, 2, 2, 3);
        OperatorCase.Input segments = ints(new long[] {2, 3}, 0, 0, 1, 1, 0, 0);
        return List.of(
                of(
                                "com.microsoft.EmbedLayerNormalization",
                                words,
                                segments,
                                normal(5, 4),
                                normal(6, 4),
                                normal(2, 4),
                                normal(4),
                                normal(4))
                        .with("epsilon", 1e-5f)
                        .runs(Known.SIZES)
                        .outputs(2),
                of(
                                "com.microsoft.EmbedLayerNormalization",
                                words,
                                absent(),
                                normal(5, 4),
                                normal(6, 4),
                                absent(),
                                normal(4),
                                normal(4))
                        .with("epsilon", 1e-5f)
                        .runs(Known.SIZES)
                        .outputs(3),
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
