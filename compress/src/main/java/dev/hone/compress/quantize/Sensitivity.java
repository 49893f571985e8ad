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
 */
public record Sensitivity(String layer, double decibels) {
    /**
     * Measures every layer with weights that computes in integers.
     *
     * @param images a few, in the form of the model's input
     * @return the most sensitive first
     */
    static List<Sensitivity> measure(Origin origin, List<Map<String, NativeTensor>> images, ProgressListener progress) {
        List<String> layers = origin.layers();
        SessionOptions session = origin.options().session();
        List<float[]> expected = outputs(origin.model(), images, session);
        List<Sensitivity> found = new ArrayList<>();
        for (String layer : layers) {
            progress.progress("sensitivity of layer " + (found.size() + 1) + " of " + layers.size(), found.size());
            List<String> others = layers.stream().filter(l -> !l.equals(layer)).toList();
            Model model = origin.withFloat(others).model();
            found.add(new Sensitivity(layer, decibels(expected, outputs(model, images, session))));
        }
        found.sort(Comparator.comparingDouble(Sensitivity::decibels));
        return found;
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
        return String.format(Locale.ROOT, "%s (%.1f dB when it alone is in integers)", layer, decibels);
    }
}
