package dev.hone.compress.quantize;

import dev.hone.compress.LayerSensitivity;
import dev.hone.compress.Metric;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.BatchParts;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Measures how much a model suffers where one layer alone computes in INT8. */
final class Sensitivity {
    /** Layers whose loss of points is measured too; on many images that takes longer than the noise. */
    private static final int EVALUATED = 8;

    private Sensitivity() {}

    /**
     * Measures every layer with weights that computes in INT8; of the most sensitive ones also what the metric loses.
     *
     * @param images some samples, in the form of the model's input
     * @param original points of the FP32 model
     * @return the most sensitive first
     */
    static List<LayerSensitivity> measure(
            Origin origin, List<Map<String, NativeTensor>> images, Metric metric, double original, Progress progress) {
        List<String> layers = origin.layers();
        SessionOptions session = origin.options().session();
        List<float[]> expected = outputs(origin.model(), images, session);
        List<LayerSensitivity> found = new ArrayList<>();
        progress.started("measuring sensitivity of layers", layers.size());
        for (String layer : layers) {
            progress.checkCancelled();
            progress.advanced(found.size());
            Model model = alone(origin, layers, layer);
            found.add(new LayerSensitivity(layer, decibels(expected, outputs(model, images, session)), Double.NaN));
        }
        found.sort(Comparator.comparingDouble(LayerSensitivity::decibels));
        int evaluated = Math.min(EVALUATED, found.size());
        progress.started("evaluating sensitive layers", evaluated);
        for (int i = 0; i < evaluated; i++) {
            progress.checkCancelled();
            progress.advanced(i);
            LayerSensitivity s = found.get(i);
            double lost = original - metric.points(alone(origin, layers, s.layer()));
            found.set(i, new LayerSensitivity(s.layer(), s.decibels(), lost));
        }
        return found;
    }

    private static Model alone(Origin origin, List<String> layers, String layer) {
        return origin.withFloat(layers.stream().filter(l -> !l.equals(layer)).toList())
                .model();
    }

    /** A model's {@link ComparedOutput} for each batch. */
    static List<float[]> outputs(Model model, List<Map<String, NativeTensor>> images, SessionOptions options) {
        List<float[]> outputs = new ArrayList<>();
        try (Session session = Session.open(OnnxWriter.toBytes(model), options)) {
            ComparedOutput compared = ComparedOutput.of(session);
            String output = compared.output().name();
            BatchSize size = BatchSize.of(model);
            for (Map<String, NativeTensor> batch : images) {
                outputs.add(compared.values(BatchParts.run(session, size, batch, output)));
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
}
