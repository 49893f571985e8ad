package dev.hone.compress.quantize;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far a quantized model has drifted from the float model at one layer: it shows where accuracy is lost, and so which
 * layer to keep in float.
 *
 * @param layer the node whose result was compared
 * @param value the name of that result in the float model
 * @param decibels power of the float values to power of the differences, noise of the layers before included
 */
public record LayerNoise(String layer, String value, double decibels) {
    /**
     * Compares all quantized values, in topological order.
     *
     * @param model the float model that was quantized
     * @param quantized what {@link Quantizer} made of it
     * @param images one batch in the form of the model's input
     */
    public static List<LayerNoise> measure(Model model, Model quantized, NativeTensor images, SessionOptions options) {
        Model prepared = Quantizer.prepare(model);
        Map<String, Value> floats = new LinkedHashMap<>();
        prepared.graph().values().forEach(v -> floats.put(v.name(), v));
        Map<Value, Value> pairs = new LinkedHashMap<>();
        quantized.graph().sort();
        for (Node node : quantized.graph().nodes()) {
            if (node.is("QuantizeLinear") && floats.containsKey(node.input(0).name())) {
                Value original = floats.get(node.input(0).name());
                if (!original.isInput()) {
                    pairs.put(
                            original,
                            node.output().uses().iterator().next().node().output());
                }
            }
        }
        Map<String, NativeTensor> expected = run(prepared, pairs.keySet(), images, options);
        Map<String, NativeTensor> found = run(quantized, pairs.values(), images, options);
        List<LayerNoise> noise = new ArrayList<>();
        pairs.forEach((original, dequantized) -> noise.add(new LayerNoise(
                original.producer().label(),
                original.name(),
                decibels(
                        expected.get(original.name()).floats(),
                        found.get(dequantized.name()).floats()))));
        expected.values().forEach(NativeTensor::close);
        found.values().forEach(NativeTensor::close);
        return noise;
    }

    private static Map<String, NativeTensor> run(
            Model model, Iterable<Value> values, NativeTensor images, SessionOptions options) {
        Graph graph = model.graph();
        List<Value> watched = new ArrayList<>();
        values.forEach(watched::add);
        try (Session session = Session.open(Calibrator.instrumented(model, watched), options)) {
            return session.run(
                    Map.of(graph.inputs().get(0).name(), images),
                    watched.stream().map(Value::name).toList(),
                    Map.of());
        }
    }

    private static double decibels(float[] expected, float[] found) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = (double) expected[i] - found[i];
            signal += (double) expected[i] * expected[i];
            noise += difference * difference;
        }
        return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%5.1f dB %s", decibels, layer);
    }
}
