package dev.hone.autodiff;

import static dev.hone.autodiff.OperatorCase.absent;
import static dev.hone.autodiff.OperatorCase.away;
import static dev.hone.autodiff.OperatorCase.fixed;
import static dev.hone.autodiff.OperatorCase.ints;
import static dev.hone.autodiff.OperatorCase.normal;
import static dev.hone.autodiff.OperatorCase.of;
import static dev.hone.autodiff.OperatorCase.x;

import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Operators that are differentiated by their expansions: attention, normalizations, norms, losses. */
final class AttentionAndNormCases {
    private AttentionAndNormCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>();
        cases.addAll(attention());
        cases.addAll(rotary());
        cases.addAll(normalizations());
        cases.addAll(losses());
        return cases;
    }

    private static OperatorCase.Input mask(int queries, int keys) {
        boolean[] values = new boolean[queries * keys];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 3 != 0;
        }
        return fixed(Tensor.ofBools(values, queries, keys));
    }

    private static OperatorCase past() {
        return of(
                        "Attention",
                        normal(2, 4, 3, 2),
                        normal(2, 2, 3, 2),
                        normal(2, 2, 3, 3),
                        normal(3, 5),
                        normal(2, 2, 2, 2),
                        normal(2, 2, 2, 3))
                .outputs(3);
    }

    private static List<OperatorCase> attention() {
        OperatorCase heads = of("Attention", normal(2, 3, 4, 2), normal(2, 3, 5, 2), normal(2, 3, 5, 3));
        OperatorCase merged = of("Attention", normal(2, 4, 6), normal(2, 5, 6), normal(2, 5, 9))
                .with("q_num_heads", 3)
                .with("kv_num_heads", 3);
        OperatorCase grouped = of("Attention", normal(2, 4, 3, 2), normal(2, 2, 5, 2), normal(2, 2, 5, 3));
        OperatorCase past = past();
        // The runtime takes the fourth output for a scalar if it knows no ranks.
        OperatorCase shown = past.outputs(4).runs(Known.RANK);
        return List.of(
                heads.order(2),
                heads.with("scale", 0.3f).with("softcap", 1.5f),
                heads.with("is_causal", 1),
                merged,
                merged.with("is_causal", 1).order(2),
                grouped,
                grouped.with("is_causal", 1),
                of("Attention", normal(2, 4, 8), normal(2, 5, 4), normal(2, 5, 6))
                        .with("q_num_heads", 4)
                        .with("kv_num_heads", 2),
                of("Attention", normal(2, 3, 4, 2), normal(2, 3, 5, 2), normal(2, 3, 5, 3), normal(4, 5)),
                of("Attention", normal(2, 3, 4, 2), normal(2, 3, 5, 2), normal(2, 3, 5, 3), normal(2, 1, 4, 5))
                        .with("softcap", 2f)
                        .with("is_causal", 1),
                of("Attention", normal(2, 3, 4, 2), normal(2, 3, 5, 2), normal(2, 3, 5, 3), mask(4, 5)),
                of("Attention", normal(2, 3, 4, 2), normal(2, 3, 5, 2), normal(2, 3, 5, 3), mask(4, 3))
                        .named("short mask"),
                past,
                past.with("is_causal", 1),
                shown,
                shown.with("qk_matmul_output_mode", 1).with("softcap", 1f),
                shown.with("qk_matmul_output_mode", 2),
                shown.with("qk_matmul_output_mode", 3),
                of(
                                "Attention",
                                normal(2, 3, 4, 2),
                                normal(2, 3, 5, 2),
                                normal(2, 3, 5, 3),
                                absent(),
                                absent(),
                                absent(),
                                ints(5, 4))
                        .named("padded keys"));
    }

    private static List<OperatorCase> rotary() {
        OperatorCase heads = of("RotaryEmbedding", normal(2, 3, 5, 4), normal(2, 5, 2), normal(2, 5, 2));
        OperatorCase merged = of(
                        "RotaryEmbedding",
                        normal(2, 5, 12),
                        normal(7, 2),
                        normal(7, 2),
                        fixed(Tensor.ofLongs(new long[] {0, 1, 2, 3, 4, 6, 5, 4, 3, 2}, 2, 5)))
                .with("num_heads", 3);
        OperatorCase part = of("RotaryEmbedding", normal(2, 3, 5, 6), normal(2, 5, 2), normal(2, 5, 2))
                .with("rotary_embedding_dim", 4);
        return List.of(
                heads.order(2),
                heads.with("interleaved", 1),
                merged,
                merged.with("interleaved", 1),
                part,
                part.with("interleaved", 1));
    }

    private static List<OperatorCase> normalizations() {
        return List.of(
                of("RMSNormalization", normal(2, 3, 5), normal(5)).order(2),
                of("RMSNormalization", normal(2, 3, 5), normal(3, 5)).with("axis", 1),
                of("RMSNormalization", normal(2, 3, 5), normal(3, 5)).with("axis", -2),
                of("Swish", normal(2, 5)).order(2),
                of("Swish", normal(2, 5)).with("alpha", 1.7f),
                of("MeanVarianceNormalization", normal(2, 3, 4, 2)).order(2),
                of("MeanVarianceNormalization", normal(2, 3, 4)).with("axes", new long[] {1, -1}),
                of("LpNormalization", normal(2, 3, 4)).order(2),
                of("LpNormalization", away(new double[] {0}, 2, 3, 4))
                        .with("p", 1)
                        .with("axis", 1),
                of("LRN", normal(2, 7, 3, 2)).with("size", 3).with("alpha", 0.5f),
                of("LRN", normal(2, 7, 3, 1))
                        .with("size", 5)
                        .with("alpha", 2f)
                        .with("beta", 0.5f)
                        .with("bias", 2f),
                of("GlobalLpPool", normal(2, 3, 4, 2)),
                of("GlobalLpPool", away(new double[] {0}, 2, 3, 4)).with("p", 1),
                of("GlobalLpPool", normal(2, 3, 4)).with("p", 3),
                of("LpPool", normal(2, 3, 6, 5)).with("kernel_shape", new long[] {2, 2}),
                of("LpPool", x(0.1, 2, 2, 3, 7))
                        .with("kernel_shape", new long[] {3})
                        .with("strides", new long[] {2})
                        .with("pads", new long[] {1, 1})
                        .with("p", 3),
                of("LpPool", x(0.1, 2, 2, 3, 8))
                        .with("kernel_shape", new long[] {3})
                        .with("strides", new long[] {2})
                        .with("ceil_mode", 1)
                        .with("p", 1),
                of("LpPool", normal(2, 3, 5, 6))
                        .with("kernel_shape", new long[] {3, 2})
                        .with("strides", new long[] {2, 2})
                        .with("auto_pad", "SAME_UPPER")
                        .needs(Known.SIZES));
    }

    private static List<OperatorCase> losses() {
        List<OperatorCase> cases = new ArrayList<>();
        OperatorCase.Input classes = fixed(Tensor.ofLongs(new long[] {0, 2, 1, 2, 2, 0}, 3, 2));
        for (String op : new String[] {"NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"}) {
            int outputs = op.startsWith("Soft") ? 2 : 1;
            for (String reduction : new String[] {"none", "sum", "mean"}) {
                cases.add(of(op, normal(3, 4), ints(1, 0, 3))
                        .with("reduction", reduction)
                        .outputs(outputs));
                cases.add(of(op, normal(3, 4, 2), classes, x(0.5, 2, 4))
                        .with("reduction", reduction)
                        .with("ignore_index", 2)
                        .outputs(outputs));
                cases.add(of(op, normal(3, 4, 2), classes)
                        .with("reduction", reduction)
                        .with("ignore_index", 0)
                        .outputs(outputs));
            }
        }
        return cases;
    }
}
