package dev.hone.train.network;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Layers with named, seeded parameters, on top of {@link Ops}. Parameters are called as in PyTorch's state dictionaries;
 * the values of each depend only on its name and the seed, so that a change to one layer leaves the others alone.
 */
final class Layers {
    private final Ops o;
    private final long seed;

    Layers(Graph graph, long seed) {
        this.o = new Ops(graph);
        this.seed = seed;
    }

    Ops ops() {
        return o;
    }

    static int channels(Value x) {
        return (int) x.shape().size(1);
    }

    // ---- parameters

    Value parameter(String name, Tensor tensor) {
        return o.graph().addConstant(name, tensor);
    }

    Value filled(String name, double value, long... dims) {
        return parameter(name, Tensor.filled(ElementType.FLOAT, value, dims));
    }

    /** Independent normal values of mean 0. */
    Value normal(String name, double std, long... dims) {
        RandomGenerator random = random(name);
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * std);
        }
        return parameter(name, Tensor.ofFloats(values, dims));
    }

    /** Independent uniform values between plus and minus a bound. */
    Value uniform(String name, double bound, long... dims) {
        RandomGenerator random = random(name);
        float[] values = new float[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((random.nextDouble() * 2 - 1) * bound);
        }
        return parameter(name, Tensor.ofFloats(values, dims));
    }

    private RandomGenerator random(String name) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }

    // ---- layers

    /**
     * A convolution with padding {@code kernel / 2}, without bias: [N,C,H,W] to [N,out,H/stride,W/stride]. Weights are
     * normal with variance {@code 2 / fan-out} (He et al. 2015), as torchvision's networks start.
     */
    Value conv(Value x, String name, int out, int kernel, int stride, int groups) {
        return conv(x, name, out, kernel, stride, groups, false);
    }

    Value conv(Value x, String name, int out, int kernel, int stride, int groups, boolean bias) {
        long fanOut = (long) kernel * kernel * out / groups;
        Value w = normal(name + ".weight", Math.sqrt(2.0 / fanOut), out, channels(x) / groups, kernel, kernel);
        long p = kernel / 2;
        Map<String, ?> attributes = Map.of(
                "kernel_shape", new long[] {kernel, kernel},
                "strides", new long[] {stride, stride},
                "pads", new long[] {p, p, p, p},
                "group", groups);
        return bias ? o.op("Conv", attributes, x, w, filled(name + ".bias", 0, out)) : o.op("Conv", attributes, x, w);
    }

    /** Batch normalization as at inference; {@code scale} is the initial gamma. */
    Value batchNorm(Value x, String name, double epsilon, double scale) {
        int c = channels(x);
        return o.op(
                "BatchNormalization",
                Map.of("epsilon", (float) epsilon),
                x,
                filled(name + ".weight", scale, c),
                filled(name + ".bias", 0, c),
                filled(name + ".running_mean", 0, c),
                filled(name + ".running_var", 1, c));
    }

    Value batchNorm(Value x, String name) {
        return batchNorm(x, name, 1e-5, 1);
    }

    /** Layer normalization over the last axis. */
    Value layerNorm(Value x, String name, int features) {
        return o.op(
                "LayerNormalization",
                Map.of("epsilon", 1e-6f),
                x,
                filled(name + ".weight", 1, features),
                filled(name + ".bias", 0, features));
    }

    /** {@code x W' + b}: [N,in] to [N,out]; both as PyTorch's Linear starts, uniform within {@code 1 / sqrt(in)}. */
    Value linear(Value x, String name, int in, int out) {
        double bound = 1 / Math.sqrt(in);
        return gemm(x, uniform(name + ".weight", bound, out, in), uniform(name + ".bias", bound, out));
    }

    /** {@code x W' + b}: [N,in] to [N,out]; W normal with the given deviation, b zero. */
    Value linear(Value x, String name, int in, int out, double std) {
        return gemm(x, normal(name + ".weight", std, out, in), filled(name + ".bias", 0, out));
    }

    Value gemm(Value x, Value weight, Value bias) {
        return o.op("Gemm", Map.of("transB", 1), x, weight, bias);
    }

    /** {@code x W + b} on the last axis of [N,T,in]; W is [in,out], Xavier-uniform, b zero. */
    Value dense(Value x, String name, int in, int out) {
        double bound = Math.sqrt(6.0 / (in + out));
        return o.add(o.matmul(x, uniform(name + ".weight", bound, in, out)), filled(name + ".bias", 0, out));
    }

    Value relu(Value x) {
        return o.op("Relu", x);
    }

    Value relu6(Value x) {
        return o.op("Clip", x, o.constant(0f), o.constant(6f));
    }

    Value hardSwish(Value x) {
        return o.op("HardSwish", x);
    }

    /** {@code x * sigmoid(x)}. */
    Value silu(Value x) {
        return o.mul(x, o.op("Sigmoid", x));
    }

    Value dropout(Value x, double probability) {
        return probability <= 0 ? x : o.op("Dropout", x, o.constant((float) probability));
    }

    Value maxPool(Value x, int kernel, int stride) {
        long p = kernel / 2;
        return o.op(
                "MaxPool",
                Map.of(
                        "kernel_shape", new long[] {kernel, kernel},
                        "strides", new long[] {stride, stride},
                        "pads", new long[] {p, p, p, p}),
                x);
    }

    /**
     * The mean over squares without overlap: [N,C,H,W] to [N,C,ceil(H/side),ceil(W/side)]. The last squares of a size that
     * is no multiple are smaller. Padding behind that is not counted does that at every size of image, where the ceil_mode
     * of ONNX means the same but is counted wrongly by some runtimes.
     */
    Value averagePool(Value x, int side) {
        return o.op(
                "AveragePool",
                Map.of(
                        "kernel_shape", new long[] {side, side},
                        "strides", new long[] {side, side},
                        "pads", new long[] {0, 0, side - 1, side - 1}),
                x);
    }

    /** [N,C,H,W] to [N,C]. */
    Value averageVector(Value x) {
        return o.op("Flatten", o.op("GlobalAveragePool", x));
    }

    /** [N,C,H,W] to [N,C] or [N,2C]. */
    Value pool(Value x, NetworkSpec.Pooling pooling) {
        Value average = averageVector(x);
        return pooling == NetworkSpec.Pooling.AVERAGE
                ? average
                : o.op("Concat", Map.of("axis", 1), average, o.op("Flatten", o.op("GlobalMaxPool", x)));
    }

    /** One of the two functions inside a squeeze-and-excite gate. */
    interface Activation {
        Value apply(Value x);
    }

    /** {@code x * gate(W2 act(W1 mean(x)))}, per channel (Hu et al. 2018); both layers are 1 x 1 convolutions. */
    Value squeezeExcite(Value x, String name, int squeezed, Activation activation, Activation gate) {
        Value mean = o.op("GlobalAveragePool", x);
        Value inner = activation.apply(conv(mean, name + ".fc1", squeezed, 1, 1, 1, true));
        return o.mul(x, gate.apply(conv(inner, name + ".fc2", channels(x), 1, 1, 1, true)));
    }

    Value sigmoid(Value x) {
        return o.op("Sigmoid", x);
    }

    /** {@code max(0, min(1, x / 6 + 1 / 2))}. */
    Value hardSigmoid(Value x) {
        return o.op("HardSigmoid", Map.of("alpha", 1f / 6), x);
    }

    /** The graph's input: raw pixels [N,C,H,W], floats from 0 to 255, normalized. */
    Value input(NetworkSpec spec) {
        Value pixels = o.graph()
                .addInput(
                        Networks.INPUT,
                        ElementType.FLOAT,
                        Shape.of(
                                Dim.symbol("N"), Dim.of(spec.channels()), Dim.of(spec.height()), Dim.of(spec.width())));
        return spec.normalization().apply(o, pixels);
    }
}
