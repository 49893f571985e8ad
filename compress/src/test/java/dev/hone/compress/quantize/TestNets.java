package dev.hone.compress.quantize;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;

/** Small networks that have the patterns of the well-known ones, and a way to compare outputs. */
public final class TestNets {
    public static final int CHANNELS = 16;
    public static final int SIZE = 12;
    public static final Map<String, BiFunction<TestNets, Value, Value>> PATTERNS = new LinkedHashMap<>();

    static {
        PATTERNS.put("residual", TestNets::residual);
        PATTERNS.put("inverted residual", TestNets::invertedResidual);
        PATTERNS.put("hard swish and squeeze", TestNets::hardSwishAndSqueeze);
        PATTERNS.put("swish", TestNets::swish);
        PATTERNS.put("tanh", (n, x) -> n.conv(n.ops.op("Tanh", n.conv(x, 16, 3, 1)), 8, 1, 1));
        PATTERNS.put("gelu", (n, x) -> n.conv(n.ops.op("Gelu", n.conv(x, 32, 3, 1)), 16, 1, 1));
        PATTERNS.put("gelu by Erf", TestNets::geluByErf);
        PATTERNS.put("one slope", (n, x) -> {
            Value slope = n.ops.constant(Tensor.filled(ElementType.FLOAT, 0.25, 16, 1, 1));
            return n.conv(n.ops.op("PRelu", n.conv(x, 16, 3, 1), slope), 8, 1, 1);
        });
        PATTERNS.put("difference from a constant", (n, x) -> {
            Value scaled = n.ops.mul(n.conv(x, 16, 3, 1), n.ops.op("Sigmoid", n.conv(x, 16, 1, 1)));
            return n.conv(n.ops.sub(scaled, n.weights(0.5, 1, 16, 1, 1)), 8, 1, 1);
        });
        PATTERNS.put("branches", TestNets::branches);
        PATTERNS.put("shuffle", TestNets::shuffle);
        PATTERNS.put("upsampling", TestNets::upsampling);
        PATTERNS.put("matrices", TestNets::matrices);
        PATTERNS.put(
                "leaky", (n, x) -> n.conv(n.ops.op("LeakyRelu", Map.of("alpha", 0.1f), n.conv(x, 16, 3, 1)), 8, 1, 1));
        PATTERNS.put("constants", (n, x) -> {
            Value scaled = n.ops.mul(n.conv(x, 16, 3, 1), n.weights(0.5, 1, 16, 1, 1));
            return n.conv(n.ops.op("Relu", n.ops.add(scaled, n.weights(0.5, 1, 16, 1, 1))), 8, 1, 1);
        });
    }

    final Graph graph = new Graph("net");
    final Ops ops = new Ops(graph);
    private final Random random = new Random(9);

    /** Input {@code x} [N,16,12,12], the pattern, average pooling and 5 logits {@code y} [N,5]. */
    public static Model of(BiFunction<TestNets, Value, Value> pattern) {
        TestNets net = new TestNets();
        Value x = net.graph.addInput(
                "x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(CHANNELS), Dim.of(SIZE), Dim.of(SIZE)));
        Value features = pattern.apply(net, net.ops.op("Relu", net.conv(x, CHANNELS, 3, 1)));
        Value flat = net.ops.op("Flatten", net.ops.op("GlobalAveragePool", features));
        Value y = net.ops.op(
                "Gemm",
                Map.of("transB", 1),
                flat,
                net.weights(0.5, 5, features.shape().size(1)),
                net.weights(0.5, 5));
        y.setName("y");
        net.graph.addOutput(y);
        return new Model(net.graph);
    }

    public static Model of(String pattern) {
        return of(PATTERNS.get(pattern));
    }

    Value weights(double deviation, long... dims) {
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return graph.addConstant(Tensor.ofFloats(values, dims));
    }

    /** With bias; the kernel centred. */
    Value conv(Value x, int channels, int kernel, int groups) {
        long in = x.shape().size(1) / groups;
        long pad = kernel / 2;
        return ops.op(
                "Conv",
                Map.of("pads", new long[] {pad, pad, pad, pad}, "group", groups),
                x,
                weights(1.4 / Math.sqrt(in * kernel * kernel), channels, in, kernel, kernel),
                weights(0.1, channels));
    }

    Value clip(Value x) {
        return ops.op("Clip", x, ops.constant(0f), ops.constant(6f));
    }

    private Value residual(Value x) {
        Value a = ops.op("Relu", conv(x, 16, 3, 1));
        Value sum = ops.op("Relu", ops.add(conv(a, 16, 3, 1), x));
        Value pooled = ops.op("MaxPool", Map.of("kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2}), sum);
        return ops.op("Relu", conv(pooled, 24, 3, 1));
    }

    private Value invertedResidual(Value x) {
        Value a = clip(conv(clip(conv(x, 48, 1, 1)), 48, 3, 48));
        return clip(conv(ops.add(conv(a, 16, 1, 1), x), 32, 1, 1));
    }

    private Value hardSwishAndSqueeze(Value x) {
        Value a = ops.op("HardSwish", conv(ops.op("HardSwish", conv(x, 32, 1, 1)), 32, 3, 32));
        Value squeezed = ops.op("Relu", conv(ops.op("GlobalAveragePool", a), 8, 1, 1));
        Value gate = ops.op("HardSigmoid", Map.of("alpha", 0.2f, "beta", 0.5f), conv(squeezed, 32, 1, 1));
        return ops.op("Relu", conv(ops.mul(a, gate), 16, 1, 1));
    }

    private Value swish(Value x) {
        Value a = conv(x, 32, 1, 1);
        Value swished = ops.mul(a, ops.op("Sigmoid", a));
        return ops.op("Relu", conv(swished, 16, 3, 1));
    }

    private Value geluByErf(Value x) {
        Value a = conv(x, 32, 3, 1);
        Value twice = ops.add(ops.op("Erf", ops.div(a, ops.constant(1.4142135f))), 1);
        return conv(ops.mul(ops.mul(a, twice), 0.5), 16, 1, 1);
    }

    private Value branches(Value x) {
        Value a = ops.op("Relu", conv(x, 16, 3, 1));
        Value b = ops.op(
                "AveragePool",
                Map.of("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}),
                conv(x, 16, 1, 1));
        Value c = ops.op("MaxPool", Map.of("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}), x);
        return ops.op("Relu", conv(ops.op("Concat", Map.of("axis", 1), a, b, c), 24, 3, 1));
    }

    private Value shuffle(Value x) {
        dev.hone.graph.Node split = ops.node("", "Split", Map.of("axis", 1, "num_outputs", 2), 2, x);
        Value right = ops.op("Relu", conv(split.output(1), 8, 3, 1));
        Value both = ops.op("Concat", Map.of("axis", 1), split.output(0), right);
        Value grouped = ops.op("Reshape", both, ops.vector(0, 2, 8, SIZE, SIZE));
        Value swapped = ops.transpose(grouped, 0, 2, 1, 3, 4);
        Value mixed = ops.op("Reshape", swapped, ops.vector(0, 16, SIZE, SIZE));
        return ops.op("Relu", conv(ops.slice(mixed, 1, 2, 14, 1), 16, 3, 1));
    }

    private Value upsampling(Value x) {
        Value spread = ops.op("DepthToSpace", Map.of("blocksize", 2), x);
        Value a = ops.op("Relu", conv(spread, 8, 3, 1));
        Value scales = ops.constant(Tensor.ofFloats(new float[] {1, 1, 2, 2}, 4));
        Value large = ops.op("Resize", Map.of("mode", "nearest"), a, null, scales);
        return ops.op("Relu", conv(large, 8, 3, 1));
    }

    private Value matrices(Value x) {
        Value tokens = ops.transpose(ops.op("Reshape", x, ops.vector(0, 16, SIZE * SIZE)), 0, 2, 1);
        Value a = ops.op("Relu", ops.add(ops.matmul(tokens, weights(0.3, 16, 32)), weights(0.1, 32)));
        Value b = ops.matmul(a, weights(0.3, 32, 16));
        Value image = ops.op("Reshape", ops.transpose(b, 0, 2, 1), ops.vector(0, 16, SIZE, SIZE));
        return ops.op("Relu", conv(image, 8, 1, 1));
    }

    // ---- running

    public static NativeTensor images(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * CHANNELS * SIZE * SIZE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return NativeTensor.ofFloats(values, count, CHANNELS, SIZE, SIZE);
    }

    public static float[] run(Model model, NativeTensor x, String output) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults())) {
            Map<String, NativeTensor> out = session.run(Map.of("x", x));
            float[] values = out.get(output).floats();
            out.values().forEach(NativeTensor::close);
            return values;
        }
    }

    /** Signal to noise in decibels: the power of the expected values to that of the differences. */
    public static double decibels(float[] expected, float[] found) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            signal += (double) expected[i] * expected[i];
            noise += Math.pow((double) expected[i] - found[i], 2);
        }
        return 10 * Math.log10(signal / noise);
    }
}
