package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How much a model's first output suffers where one layer alone computes in integers.
 *
 * @param layer the name of the layer's output
 * @param decibels power of the output in float to power of the differences; infinite where there are none
 * @param lost points that the task's metric loses against float; NaN where that was not measured
 */
public record Sensitivity(String layer, double decibels, double lost) {
    /** Layers whose loss of points is measured too; on many images that takes longer than the noise. */
    private static final int JUDGED = 8;

    /**
     * Measures every layer with weights that computes in integers; of the most sensitive ones also what the metric loses.
     *
     * @param images a few, in the form of the model's input
     * @param floatPoints of the float model, by the metric
     * @return the most sensitive first
     */
    static List<Sensitivity> measure(
            Origin origin,
            List<Map<String, NativeTensor>> images,
            AccuracyGuard.Metric metric,
            double floatPoints,
            ProgressListener progress) {
        List<String> layers = origin.layers();
        SessionOptions session = origin.options().session();
        List<float[]> expected = outputs(origin.model(), images, session);
        List<Sensitivity> found = new ArrayList<>();
        for (String layer : layers) {
            progress.progress("sensitivity of layer " + (found.size() + 1) + " of " + layers.size(), found.size());
            Model model = alone(origin, layers, layer);
            found.add(new Sensitivity(layer, decibels(expected, outputs(model, images, session)), Double.NaN));
        }
        found.sort(Comparator.comparingDouble(Sensitivity::decibels));
        for (int i = 0; i < Math.min(JUDGED, found.size()); i++) {
            progress.progress("judging sensitive layer " + (i + 1), i);
            Sensitivity s = found.get(i);
            double lost = floatPoints - metric.points(alone(origin, layers, s.layer));
            found.set(i, new Sensitivity(s.layer, s.decibels, lost));
        }
        return found;
    }

    private static Model alone(Origin origin, List<String> layers, String layer) {
        return origin.withFloat(layers.stream().filter(l -> !l.equals(layer)).toList())
                .model();
    }

    /** A model's first output for each batch. */
    static List<float[]> outputs(Model model, List<Map<String, NativeTensor>> images, SessionOptions options) {
        List<float[]> outputs = new ArrayList<>();
        try (Session session = Session.open(OnnxWriter.toBytes(model), options)) {
            String output = session.outputs().get(0).name();
            for (Map<String, NativeTensor> batch : images) {
                try (NativeTensor found =
                        session.run(batch, List.of(output), Map.of()).get(output)) {
                    outputs.add(found.floats());
                }
            }
        }
        return outputs;
    }

    /** Power of the expected values to power of the differences, in decibels. */
    static double decibels(List<float[]> expected, List<float[]> found) {
        double signal = 0;
        double noise = 0;
        for (int b = 0; b < expected.size(); b++) {
            float[] wanted = expected.get(b);
            float[] got = found.get(b);
            for (int i = 0; i < wanted.length; i++) {
                double difference = (double) wanted[i] - got[i];
                signal += (double) wanted[i] * wanted[i];
                noise += difference * difference;
            }
        }
        return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    }

    @Override
    public String toString() {
        String points = Double.isNaN(lost) ? "" : String.format(Locale.ROOT, ", %.2f points lost", lost);
        return String.format(Locale.ROOT, "%s (%.1f dB%s when it alone is in integers)", layer, decibels, points);
    }
}
