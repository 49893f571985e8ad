package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Bias correction (Nagel et al. 2019): rounding the weights W of a layer to W' adds {@code E[(W' - W) x]} to the mean of
 * each output channel. It is measured on the calibration data, for all layers in one pass of the FP32 model that
 * carries a second product with {@code W' - W} beside each layer, and taken off the bias. Errors of the layers before do
 * not enter; they are corrected where they arise.
 */
final class BiasShifts {
    private BiasShifts() {}

    /** Whether a layer has a bias, or may have one. */
    static boolean corrects(Node layer) {
        return layer.is("Conv") || layer.is("Gemm");
    }

    /**
     * @param prepared in float
     * @param rounded weights that are on their levels already, by the name of the layer's output
     * @return by the name of a layer's output, one number per output channel
     */
    static Map<String, float[]> measure(
            Model prepared,
            Plan plan,
            Map<String, Tensor> rounded,
            CalibrationFeeds data,
            QuantizerOptions options,
            Progress progress) {
        Model copy = prepared.copy();
        Map<String, String> means = new LinkedHashMap<>();
        for (Node kernel : plan.kernels()) {
            if (corrects(kernel)) {
                String layer = kernel.output().name();
                Value mean = addMean(copy.graph().find(layer).producer(), rounded.get(layer), options.reduceRange());
                means.put(layer, mean.name());
            }
        }
        if (means.isEmpty()) {
            return Map.of();
        }
        Map<String, double[]> sums = new LinkedHashMap<>();
        long[] images = new long[1];
        try (Session session = Session.open(OnnxWriter.toBytes(copy), options.session())) {
            progress.started("measuring bias shifts", 0);
            data.forEachBatch(batch -> {
                progress.checkCancelled();
                long count = Samples.count(batch);
                Map<String, NativeTensor> found = session.run(batch, List.copyOf(means.values()), Map.of());
                means.forEach((layer, mean) -> add(sums, layer, found.get(mean).floats(), count));
                found.values().forEach(NativeTensor::close);
                images[0] += count;
                progress.advanced(images[0]);
            });
        }
        Map<String, float[]> shifts = new LinkedHashMap<>();
        sums.forEach((layer, sum) -> {
            float[] shift = new float[sum.length];
            for (int c = 0; c < shift.length; c++) {
                shift[c] = (float) (sum[c] / images[0]);
            }
            shifts.put(layer, shift);
        });
        return shifts;
    }

    private static void add(Map<String, double[]> sums, String layer, float[] means, long count) {
        double[] sum = sums.computeIfAbsent(layer, l -> new double[means.length]);
        for (int c = 0; c < sum.length; c++) {
            sum[c] += means[c] * (double) count;
        }
    }

    /** The mean of what the error of the weights adds to each output channel, as a further output. */
    private static Value addMean(Node layer, Tensor rounded, boolean reduceRange) {
        Graph graph = layer.graph();
        Ops ops = new Ops(graph);
        Node error = graph.addNode(
                "", layer.op(), List.of(layer.input(0), ops.constant(error(layer, rounded, reduceRange))));
        layer.attributes().forEach((name, attribute) -> error.set(name, attribute));
        Value output = error.addOutput(graph.freshName("shift"));
        // All but the channels, of which there may be one, two or three spatial axes.
        long[] axes = LongStream.range(0, layer.input(1).constant().rank())
                .filter(axis -> axis != 1)
                .toArray();
        Value mean = ops.op("ReduceMean", Map.of("keepdims", 0), output, ops.vector(axes));
        graph.addOutput(mean);
        return mean;
    }

    /** The weights as integers mean them, less the weights. */
    private static Tensor error(Node layer, Tensor onLevels, boolean reduceRange) {
        Tensor weights = layer.input(1).constant();
        float[] error = weights.floats();
        if (onLevels != null) {
            float[] levels = onLevels.floats();
            for (int i = 0; i < error.length; i++) {
                error[i] = levels[i] - error[i];
            }
            return Tensor.ofFloats(error, weights.dims());
        }
        QuantizedWeights rounded = QuantizedWeights.of(layer, 1, reduceRange);
        byte[] bytes = new byte[error.length];
        rounded.values().buffer().get(bytes);
        int inner = (int) Tensor.count(Arrays.copyOfRange(weights.dims(), rounded.axis() + 1, weights.rank()));
        for (int i = 0; i < error.length; i++) {
            error[i] = bytes[i] * rounded.steps()[i / inner % rounded.steps().length] - error[i];
        }
        return Tensor.ofFloats(error, weights.dims());
    }

    /** Takes a shift off the bias of a layer. */
    static void correct(Node layer, float[] shift) {
        if (shift == null) {
            return;
        }
        float[] bias = layer.input(2) == null
                ? new float[shift.length]
                : layer.input(2).constant().floats();
        for (int c = 0; c < bias.length; c++) {
            bias[c] -= shift[c];
        }
        layer.setInput(2, layer.graph().addConstant(Tensor.ofFloats(bias, bias.length)));
    }
}
