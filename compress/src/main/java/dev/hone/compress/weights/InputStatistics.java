package dev.hone.compress.weights;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.QuantizedForm;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.GraphEdits;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the inputs of matrix products go together over calibration data: {@code X^T X} of each, by the name of the input.
 *
 * @param products [K,K], row by row
 * @param samples how many samples the sums are over
 */
public record InputStatistics(Map<String, double[]> products, long samples) {
    /** Sums are collected for so many products at a time that they fit into this; else the data pass several times. */
    private static final long MOST_BYTES = 1L << 30;

    /**
     * Runs the model on calibration data. The runtime computes {@code X^T X} itself, as part of the model.
     *
     * @param model an FP32 model that fits into memory; not changed
     * @throws CompressionException if there are no data, or they lead to numbers that are not finite
     */
    public static InputStatistics collect(
            Model model, WeightOptions options, CalibrationFeeds feeds, SessionOptions session) {
        QuantizedForm.reject(model.graph());
        Model copy = model.copy();
        Graph graph = copy.graph();
        GraphEdits.weightsToInitializers(graph);
        Map<String, Integer> widths = new LinkedHashMap<>();
        Map<String, Value> inputs = new LinkedHashMap<>();
        Sites.find(graph, options, new TreeMap<>()).values().forEach(sites -> sites.stream()
                .filter(site -> !site.isLookup())
                .forEach(site -> {
                    Value input = site.node().input(0);
                    inputs.put(input.name(), input);
                    widths.put(input.name(), site.matrix().inputs());
                }));
        Map<String, double[]> sums = new LinkedHashMap<>();
        long samples = 0;
        List<String> group = new ArrayList<>();
        long bytes = 0;
        for (String name : List.copyOf(inputs.keySet())) {
            long more = (long) widths.get(name) * widths.get(name) * (Float.BYTES + Double.BYTES);
            if (!group.isEmpty() && bytes + more > MOST_BYTES) {
                samples = pass(copy, group, inputs, widths, feeds, session, sums);
                group.clear();
                bytes = 0;
            }
            group.add(name);
            bytes += more;
        }
        if (!group.isEmpty()) {
            samples = pass(copy, group, inputs, widths, feeds, session, sums);
        }
        return new InputStatistics(sums, samples);
    }

    private static long pass(
            Model model,
            List<String> names,
            Map<String, Value> inputs,
            Map<String, Integer> widths,
            CalibrationFeeds feeds,
            SessionOptions session,
            Map<String, double[]> sums) {
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        int before = graph.outputs().size();
        Map<String, String> outputs = new LinkedHashMap<>();
        for (String name : names) {
            Value rows = ops.reshape(inputs.get(name), -1, widths.get(name));
            Value product = ops.cast(ops.matmul(ops.transpose(rows, 1, 0), rows), dev.hone.core.ElementType.FLOAT);
            graph.addOutput(product);
            outputs.put(name, product.name());
            sums.put(name, new double[widths.get(name) * widths.get(name)]);
        }
        long[] samples = {0};
        try (Session running = Session.open(OnnxWriter.toBytes(model), session)) {
            feeds.forEachBatch(batch -> {
                Map<String, NativeTensor> found = running.run(batch, outputs.values(), Map.of());
                try {
                    outputs.forEach((name, output) -> add(found.get(output).floats(), sums.get(name), name));
                } finally {
                    found.values().forEach(NativeTensor::close);
                }
                long[] dims = batch.values().iterator().next().dims();
                samples[0] += dims.length == 0 ? 1 : dims[0];
            });
        } catch (OnnxRuntimeException e) {
            throw new CompressionException("calibration failed: " + e.getMessage());
        }
        while (graph.outputs().size() > before) {
            graph.removeOutput(graph.outputs().size() - 1);
        }
        if (samples[0] == 0) {
            throw new CompressionException("no calibration data were given, GPTQ needs at least one sample");
        }
        return samples[0];
    }

    private static void add(float[] product, double[] sum, String name) {
        for (int i = 0; i < sum.length; i++) {
            if (!Float.isFinite(product[i])) {
                throw new CompressionException("activation '" + name
                        + "' is not finite, or too large to be squared, for calibration data; check them and the"
                        + " model's weights");
            }
            sum[i] += product[i];
        }
    }

    /** The sum over several inputs of the same weights. */
    double[] of(List<Value> inputs) {
        double[] sum = products.get(inputs.get(0).name()).clone();
        for (Value other : inputs.subList(1, inputs.size())) {
            double[] more = products.get(other.name());
            for (int i = 0; i < sum.length; i++) {
                sum[i] += more[i];
            }
        }
        return sum;
    }
}
