package dev.hone.graph.expand;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Normalizations, norms, and the activations that have no rule of their own. */
final class NormalizationExpansions {
    private NormalizationExpansions() {}

    static void register(Map<String, Expansion> table) {
        table.put("RMSNormalization", NormalizationExpansions::rootMeanSquare);
        table.put("MeanVarianceNormalization", NormalizationExpansions::meanVariance);
        table.put("LpNormalization", NormalizationExpansions::unitNorm);
        table.put("LRN", NormalizationExpansions::localResponse);
        table.put("GlobalLpPool", NormalizationExpansions::globalNorm);
        table.put("LpPool", NormalizationExpansions::windowNorm);
        table.put("RotaryEmbedding", RotaryExpansion::expand);
        table.put("Swish", (o, n) -> List.of(swish(o, n.input(0), n.floatAttribute("alpha", 1))));
    }

    private static Value mean(Ops o, Value a, Value axes) {
        return o.op("ReduceMean", Map.of("keepdims", 1), a, axes);
    }

    /** {@code x sigmoid(alpha x)} */
    static Value swish(Ops o, Value x, float alpha) {
        return o.mul(x, o.op("Sigmoid", alpha == 1 ? x : o.mul(x, alpha)));
    }

    /** {@code sqrt(mean(x^2) + epsilon)} */
    static Value rootMeanSquare(Ops o, Value x, Value axes, float epsilon) {
        return o.op("Sqrt", o.add(mean(o, o.mul(x, x), axes), epsilon));
    }

    /** {@code scale x / sqrt(mean(x^2) + epsilon)}, the mean over the axes from {@code axis} on */
    private static List<Value> rootMeanSquare(Ops o, Node n) {
        Value x = o.cast(n.input(0), Types.stash(n, Sizes.type(n.input(0))));
        Value axes = Sizes.axesFrom(o, x, n.intAttribute("axis", -1));
        Value root = rootMeanSquare(o, x, axes, n.floatAttribute("epsilon", 1e-5f));
        return List.of(o.mul(o.cast(o.div(x, root), Sizes.type(n.input(1))), n.input(1)));
    }

    /** {@code (x - mean) / sqrt(variance)}; 0 where all elements are equal */
    private static List<Value> meanVariance(Ops o, Node n) {
        long[] given = n.intsAttribute("axes");
        Value axes = o.vector(given == null ? new long[] {0, 2, 3} : given);
        Value centered = o.sub(n.input(0), mean(o, n.input(0), axes));
        Value deviation = o.op("Sqrt", o.add(mean(o, o.mul(centered, centered), axes), 1e-18));
        return List.of(o.div(centered, deviation));
    }

    /** {@code x / |x|_p} along one axis; 0 where the norm is 0 */
    private static List<Value> unitNorm(Ops o, Node n) {
        Value norm = norm(o, n.input(0), n.intAttribute("p", 2), o.vector(n.intAttribute("axis", -1)));
        Value isZero = o.op("Equal", norm, o.constantLike(norm, 0));
        return List.of(o.div(n.input(0), o.op("Where", isZero, o.constantLike(norm, 1), norm)));
    }

    /** {@code |x|_p} over axes, which are kept with extent 1 */
    private static Value norm(Ops o, Value x, long p, Value axes) {
        if (p == 1 || p == 2) {
            return o.op(p == 1 ? "ReduceL1" : "ReduceL2", Map.of("keepdims", 1), x, axes);
        }
        return root(o, o.op("ReduceSum", Map.of("keepdims", 1), power(o, x, p), axes), p);
    }

    /** {@code |x|^p} */
    private static Value power(Ops o, Value x, long p) {
        if (p == 2) {
            return o.mul(x, x);
        }
        Value size = o.op("Abs", x);
        return p == 1 ? size : o.op("Pow", size, o.constantLike(x, p));
    }

    /** {@code a^(1/p)}; where a is 0, so is the gradient. */
    private static Value root(Ops o, Value a, long p) {
        if (p == 1) {
            return a;
        }
        Value zero = o.constantLike(a, 0);
        Value isZero = o.op("Equal", a, zero);
        Value safe = o.op("Where", isZero, o.constantLike(a, 1), a);
        Value root = p == 2 ? o.op("Sqrt", safe) : o.op("Pow", safe, o.constantLike(a, 1.0 / p));
        return o.op("Where", isZero, zero, root);
    }

    private static List<Value> globalNorm(Ops o, Node n) {
        return List.of(norm(o, n.input(0), n.intAttribute("p", 2), Sizes.axesFrom(o, n.input(0), 2)));
    }

    /**
     * {@code x (bias + alpha/size sum x^2)^-beta}, the sum over the {@code size} channels around one: an average over rows
     * of the tensor as [N,1,C,positions], with zeros around it.
     */
    private static List<Value> localResponse(Ops o, Node n) {
        Value x = n.input(0);
        long size = n.intAttribute("size", 1);
        Value rows = o.reshape(o.unsqueeze(o.mul(x, x), 1), 0, 1, 0, -1);
        Map<String, Object> window = Map.of(
                "kernel_shape", new long[] {size, 1},
                "pads", new long[] {(size - 1) / 2, 0, size / 2, 0},
                "count_include_pad", 1);
        Value mean = o.op("Reshape", o.op("AveragePool", window, rows), o.shapeOf(x));
        Value base = o.add(o.mul(mean, n.floatAttribute("alpha", 1e-4f)), n.floatAttribute("bias", 1));
        Value factor = o.op("Pow", base, o.constantLike(x, -n.floatAttribute("beta", 0.75f)));
        return List.of(o.mul(x, factor));
    }

    /**
     * {@code (sum |x|^p)^(1/p)} over windows: an average with zeros around the input, times the size of the window. Windows
     * that ceil_mode adds at the end lie over further zeros.
     */
    private static List<Value> windowNorm(Ops o, Node n) {
        long p = n.intAttribute("p", 2);
        long[] kernel = n.intsAttribute("kernel_shape");
        Map<String, Object> window = new LinkedHashMap<>(Map.of("kernel_shape", kernel, "count_include_pad", 1));
        for (String name : new String[] {"auto_pad", "strides", "dilations", "pads"}) {
            if (n.has(name)) {
                window.put(name, n.attribute(name));
            }
        }
        boolean ceil = n.intAttribute("ceil_mode", 0) != 0
                && n.stringAttribute("auto_pad", "NOTSET").equals("NOTSET");
        Value powers = power(o, n.input(0), p);
        if (ceil) {
            window.remove("pads");
            powers = enlarged(o, n, powers, kernel.length);
        }
        Value mean = o.op("AveragePool", window, powers);
        Value sums = o.mul(ceil ? cropped(o, mean, n.output(), kernel.length) : mean, Tensor.count(kernel));
        return List.of(root(o, sums, p));
    }

    private static Value enlarged(Ops o, Node n, Value a, int spatial) {
        long[] pads = n.has("pads") ? n.intsAttribute("pads").clone() : new long[2 * spatial];
        long[] strides = n.intsAttribute("strides");
        for (int i = 0; i < spatial; i++) {
            pads[spatial + i] += strides == null ? 0 : strides[i] - 1;
        }
        return o.op("Pad", a, o.vector(pads), null, o.vector(spatialAxes(spatial)));
    }

    private static Value cropped(Ops o, Value a, Value like, int spatial) {
        long[] zeros = new long[spatial];
        Value ends = o.slice(o.shapeOf(like), 0, 2, 2L + spatial, 1);
        return o.op("Slice", a, o.vector(zeros), ends, o.vector(spatialAxes(spatial)));
    }

    private static long[] spatialAxes(int spatial) {
        return LongStream.range(2, 2L + spatial).toArray();
    }
}
