package dev.hone.graph.expand;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Operators of ONNX Runtime's domain that its optimizations write in the place of several of ONNX's. */
final class RuntimeExpansions {
    private static final String DOMAIN = "com.microsoft.";

    private RuntimeExpansions() {}

    static void register(Map<String, Expansion> table) {
        table.put(DOMAIN + "Gelu", (o, n) -> List.of(o.op("Gelu", n.input(0))));
        table.put(DOMAIN + "BiasGelu", (o, n) -> List.of(o.op("Gelu", o.add(n.input(0), n.input(1)))));
        table.put(DOMAIN + "FastGelu", (o, n) -> {
            Value x = n.input(1) == null ? n.input(0) : o.add(n.input(0), n.input(1));
            return List.of(o.op("Gelu", Map.of("approximate", "tanh"), x));
        });
        table.put(DOMAIN + "QuickGelu", (o, n) -> {
            return List.of(NormalizationExpansions.swish(o, n.input(0), n.floatAttribute("alpha", 1.702f)));
        });
        table.put(DOMAIN + "SkipLayerNormalization", RuntimeExpansions::skipLayer);
        table.put(DOMAIN + "SkipSimplifiedLayerNormalization", RuntimeExpansions::skipRootMeanSquare);
        table.put(DOMAIN + "EmbedLayerNormalization", RuntimeExpansions::embedding);
        table.put(DOMAIN + "FusedMatMul", RuntimeExpansions::matmul);
        table.put(DOMAIN + "FusedGemm", RuntimeExpansions::gemm);
        table.put(DOMAIN + "FusedConv", RuntimeExpansions::convolution);
    }

    /** Layer normalization of {@code input + skip + bias}, which is the fourth output. */
    private static List<Value> skipLayer(Ops o, Node n) {
        Value sum = skipped(o, n, n.input(4));
        Map<String, Object> attributes = Map.of("axis", -1, "epsilon", n.floatAttribute("epsilon", 1e-12f));
        List<Value> layer = o.node("", "LayerNormalization", attributes, 3, sum, n.input(2), n.input(3))
                .outputs();
        return List.of(layer.get(0), layer.get(1), layer.get(2), sum);
    }

    private static List<Value> skipRootMeanSquare(Ops o, Node n) {
        Value sum = skipped(o, n, n.input(3));
        float epsilon = n.floatAttribute("epsilon", 1e-12f);
        Value inverse = o.op("Reciprocal", NormalizationExpansions.rootMeanSquare(o, sum, o.vector(-1), epsilon));
        return Arrays.asList(o.mul(o.mul(sum, inverse), n.input(2)), null, inverse, sum);
    }

    /**
     * Layer normalization of the rows of two or three tables, by ids [B,S] of words, positions and segments; the sum is the
     * third output. The second counts the words that a mask shows.
     */
    private static List<Value> embedding(Ops o, Node n) {
        Value ids = Sizes.ranked(o, n.input(0), 2);
        Value places = n.input(8) == null ? Sizes.range(o, ids, 1) : n.input(8);
        Value sum = o.add(row(o, n.input(2), ids), row(o, n.input(3), places));
        if (n.input(1) != null && n.input(4) != null) {
            sum = o.add(sum, row(o, n.input(4), n.input(1)));
        }
        Map<String, Object> attributes = Map.of("axis", -1, "epsilon", n.floatAttribute("epsilon", 1e-12f));
        Value y = o.op("LayerNormalization", attributes, sum, n.input(5), n.input(6));
        Value shown = n.input(7) == null
                ? o.op("ConstantOfShape", Map.of("value", Tensor.filled(ElementType.INT32, 0, 1)), Sizes.of(o, ids, 0))
                : o.op("ReduceSum", Map.of("keepdims", 0), n.input(7), o.vector(1));
        return List.of(y, shown, sum);
    }

    private static Value row(Ops o, Value table, Value ids) {
        return o.op("Gather", Map.of("axis", 0), table, ids);
    }

    private static Value skipped(Ops o, Node n, Value bias) {
        Value sum = o.add(n.input(0), n.input(1));
        return bias == null ? sum : o.add(sum, bias);
    }

    /** {@code alpha A B}, each transposed where an attribute says so. */
    private static List<Value> matmul(Ops o, Node n) {
        if (n.intAttribute("transBatchA", 0) != 0 || n.intAttribute("transBatchB", 0) != 0) {
            throw new GraphException(n, "has no gradient with a transposed batch");
        }
        Value product = o.matmul(
                n.intAttribute("transA", 0) == 0 ? n.input(0) : transposed(o, n, n.input(0)),
                n.intAttribute("transB", 0) == 0 ? n.input(1) : transposed(o, n, n.input(1)));
        float alpha = n.floatAttribute("alpha", 1);
        return List.of(alpha == 1 ? product : o.mul(product, alpha));
    }

    private static Value transposed(Ops o, Node n, Value a) {
        if (a.shape() == null) {
            throw new GraphException(n, "the rank of " + a.name() + " must be known to differentiate it");
        }
        int rank = a.shape().rank();
        long[] perm = new long[rank];
        for (int i = 0; i < rank; i++) {
            perm[i] = i < rank - 2 ? i : 2L * rank - 3 - i;
        }
        return o.transpose(a, perm);
    }

    private static List<Value> gemm(Ops o, Node n) {
        Value y = o.op("Gemm", copied(n, "alpha", "beta", "transA", "transB"), n.input(0), n.input(1), n.input(2));
        float alpha = n.floatAttribute("activation_alpha", Float.NaN);
        float beta = n.floatAttribute("activation_beta", Float.NaN);
        return List.of(activated(o, n, y, alpha, beta));
    }

    /** A convolution, to which a fourth input may be added, and its activation. */
    private static List<Value> convolution(Ops o, Node n) {
        Map<String, Attribute> attributes =
                copied(n, "auto_pad", "dilations", "group", "kernel_shape", "pads", "strides");
        Value y = o.op("Conv", attributes, n.input(0), n.input(1), n.input(2));
        y = n.input(3) == null ? y : o.add(y, n.input(3));
        List<Float> numbers =
                n.attribute("activation_params") instanceof Attribute.Floats given ? given.values() : List.of();
        float alpha = numbers.isEmpty() ? Float.NaN : numbers.get(0);
        float beta = numbers.size() < 2 ? Float.NaN : numbers.get(1);
        return List.of(activated(o, n, y, alpha, beta));
    }

    private static Map<String, Attribute> copied(Node n, String... names) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (String name : names) {
            if (n.has(name)) {
                attributes.put(name, n.attribute(name));
            }
        }
        return attributes;
    }

    /** @param alpha first parameter of the activation, NaN if it is not given; so with beta */
    private static Value activated(Ops o, Node n, Value y, float alpha, float beta) {
        String activation = n.stringAttribute("activation", "");
        Map<String, Object> parameters = new LinkedHashMap<>();
        return switch (activation) {
            case "" -> y;
            case "Relu", "Sigmoid", "Tanh", "Softplus", "Softsign" -> o.op(activation, y);
            case "LeakyRelu", "Elu", "ThresholdedRelu", "HardSigmoid" -> {
                if (!Float.isNaN(alpha)) {
                    parameters.put("alpha", alpha);
                }
                if (activation.equals("HardSigmoid") && !Float.isNaN(beta)) {
                    parameters.put("beta", beta);
                }
                yield o.op(activation, parameters, y);
            }
            case "Clip" -> o.op("Clip", y, o.constantLike(y, alpha), o.constantLike(y, beta));
            default -> throw new GraphException(n, "has no gradient with the activation " + activation);
        };
    }
}
