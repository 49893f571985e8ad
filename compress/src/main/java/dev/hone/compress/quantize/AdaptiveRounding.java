package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.op.WeightInput;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adaptive rounding (Nagel et al. 2020, "Up or Down? Adaptive Rounding for Post-Training Quantization"): each weight goes
 * to the level below or above it, whichever makes the layer's output come closest to FP32 on calibration data,
 *
 * <pre>minimize  sum over images of ((W' - W) x)^2  =  d^T H d,   d = W' - W,   H = sum of x x^T</pre>
 *
 * <p>for each output channel. H is computed by the runtime, as further outputs of the model; the minimum is looked for by
 * {@link UpOrDown}. Where biases are corrected, what the error adds on average does not count: the mean of x over a batch
 * is then taken off. Inputs are those of the FP32 model, so that layers do not depend on one another.
 */
final class AdaptiveRounding {
    /** Images that H is taken from: a layer has many rows in each. */
    private static final int IMAGES = 64;

    /** Inputs of an output channel beyond which a layer is rounded to nearest: H takes their square. */
    private static final int MOST_INPUTS = 8192;

    /** The matrices of so many layers are collected in one pass that they fit into this. */
    private static final long MOST_BYTES = 512L << 20;

    /** The share of the mean of H's diagonal that is added to it. */
    private static final double DAMPING = 0.01;

    private AdaptiveRounding() {}

    /**
     * @param prepared in float
     * @return by the name of a layer's output, its weights, each on a level that {@link QuantizedWeights} rounds it to
     */
    static Map<String, Tensor> solve(
            Model prepared, Plan plan, CalibrationFeeds data, QuantizerOptions options, Progress progress) {
        Map<String, Tensor> rounded = new LinkedHashMap<>();
        List<Node> layers = plan.kernels().stream()
                .filter(node -> Traits.of(node) == Traits.Trait.WEIGHTED && inputs(node) <= MOST_INPUTS)
                .toList();
        progress.started("rounding layers", layers.size());
        try (Samples samples = Samples.of(data, IMAGES, prepared)) {
            for (int first = 0, end; first < layers.size(); first = end) {
                long bytes = bytes(layers.get(first));
                end = first + 1;
                while (end < layers.size() && bytes + bytes(layers.get(end)) <= MOST_BYTES) {
                    bytes += bytes(layers.get(end++));
                }
                List<Node> some = layers.subList(first, end);
                Map<String, float[]> products = products(prepared, some, samples, options);
                for (Node layer : some) {
                    progress.checkCancelled();
                    progress.advanced(rounded.size());
                    String name = layer.output().name();
                    rounded.put(name, round(layer, products.remove(name), options.reduceRange()));
                }
            }
        }
        return rounded;
    }

    // ---- H

    /** Weights that one output has, that is the size of H. */
    private static int inputs(Node layer) {
        Tensor weights = layer.input(1).constant();
        return Math.toIntExact(weights.count() / weights.dim(QuantizedWeights.axis(layer)));
    }

    private static long groups(Node layer) {
        return WeightInput.groups(layer);
    }

    private static long bytes(Node layer) {
        return groups(layer) * inputs(layer) * inputs(layer) * Float.BYTES;
    }

    /** By the name of a layer's output, H of every group of channels, [groups,K,K]. */
    private static Map<String, float[]> products(
            Model prepared, List<Node> layers, Samples samples, QuantizerOptions options) {
        Model copy = prepared.copy();
        Graph graph = copy.graph();
        ShapeInference.run(copy);
        Ops ops = new Ops(graph);
        Map<String, String> outputs = new LinkedHashMap<>();
        for (Node layer : layers) {
            String name = layer.output().name();
            Value rows = rows(ops, graph.find(name).producer());
            if (options.correctBias() && BiasShifts.corrects(layer)) {
                rows = ops.sub(rows, ops.reduceMean(rows, true, 2));
            }
            Value product = ops.matmul(rows, ops.transpose(rows, 0, 2, 1));
            product.setName(graph.freshName("rounding"));
            graph.addOutput(product);
            outputs.put(name, product.name());
        }
        Map<String, float[]> sums = new HashMap<>();
        try (Session session = Session.open(OnnxWriter.toBytes(copy), options.session())) {
            for (Map<String, NativeTensor> batch : samples.batches()) {
                Map<String, NativeTensor> found = session.run(batch, outputs.values(), Map.of());
                try {
                    outputs.forEach((layer, output) ->
                            sums.merge(layer, found.get(output).floats(), AdaptiveRounding::add));
                } finally {
                    found.values().forEach(NativeTensor::close);
                }
            }
        }
        return sums;
    }

    private static float[] add(float[] sum, float[] more) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += more[i];
        }
        return sum;
    }

    /** What a layer's outputs are products with, [groups,K,rows], K as the weights of an output are stored. */
    private static Value rows(Ops ops, Node layer) {
        Value x = layer.input(0);
        long inputs = inputs(layer);
        if (!layer.is("Conv")) {
            Value flat = ops.reshape(x, -1, inputs);
            return ops.unsqueeze(layer.intAttribute("transA", 0) != 0 ? x : ops.transpose(flat, 1, 0), 0);
        }
        // A depthwise convolution by kernels of a single 1 takes the window apart: channel c * taps + t is tap t.
        Tensor weights = layer.input(1).constant();
        long groups = groups(layer);
        int taps = Math.toIntExact(weights.count() / weights.dim(0) / weights.dim(1));
        int channels = Math.toIntExact(weights.dim(1) * groups);
        float[] ones = new float[channels * taps * taps];
        for (int row = 0; row < channels * taps; row++) {
            ones[row * taps + row % taps] = 1;
        }
        long[] dims = weights.dims().clone();
        dims[0] = (long) channels * taps;
        dims[1] = 1;
        Node apart = layer.graph().addNode("", "Conv", List.of(x, ops.constant(Tensor.ofFloats(ones, dims))));
        layer.attributes().forEach((name, attribute) -> apart.set(name, attribute));
        apart.set("group", channels);
        Value windows = ops.reshape(
                apart.addOutput(layer.graph().freshName("windows")).setType(ElementType.FLOAT), 0, groups, inputs, -1);
        return ops.reshape(ops.transpose(windows, 1, 2, 0, 3), groups, inputs, -1);
    }

    // ---- rounding

    private static Tensor round(Node layer, float[] products, boolean reduceRange) {
        Tensor weights = layer.input(1).constant();
        int size = inputs(layer);
        int axis = QuantizedWeights.axis(layer);
        int outputs = (int) weights.dim(axis);
        float[] w = weights.floats();
        float[][] rows = new float[outputs][size];
        for (int i = 0; i < w.length; i++) {
            rows[axis == 0 ? i / size : i % outputs][axis == 0 ? i % size : i / outputs] = w[i];
        }
        float[] steps = QuantizedWeights.of(layer, 1, reduceRange).steps();
        int groups = (int) groups(layer);
        int each = outputs / groups;
        for (int g = 0; g < groups; g++) {
            damp(products, g * size * size, size);
            new UpOrDown(products, g * size * size, size, QuantizedWeights.top(reduceRange))
                    .round(
                            Arrays.copyOfRange(rows, g * each, (g + 1) * each),
                            Arrays.copyOfRange(steps, g * each, (g + 1) * each));
        }
        for (int i = 0; i < w.length; i++) {
            w[i] = rows[axis == 0 ? i / size : i % outputs][axis == 0 ? i % size : i / outputs];
        }
        return Tensor.ofFloats(w, weights.dims());
    }

    /** Keeps what no image shows from moving far. */
    private static void damp(float[] products, int at, int size) {
        double trace = 0;
        for (int k = 0; k < size; k++) {
            trace += products[at + k * size + k];
        }
        for (int k = 0; k < size; k++) {
            products[at + k * size + k] += (float) (DAMPING * trace / size);
        }
    }

    /** Puts rounded weights into the layers that a plan computes in INT8, and in the form they were rounded in. */
    static void apply(Graph graph, Plan plan, Map<String, Tensor> rounded) {
        for (Node node : plan.kernels()) {
            Tensor weights = rounded.get(node.output().name());
            if (weights != null
                    && Arrays.equals(weights.dims(), node.input(1).constant().dims())) {
                node.setInput(1, graph.addConstant(weights));
            }
        }
    }
}
