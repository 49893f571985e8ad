package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Which calibration method keeps a model closest to float. No method is best for all: cutting off rare values costs a
 * classifier of defects much, as a defect is a rare value, and gains an outlier-ridden Transformer much.
 */
final class CalibrationContest {
    private static final int SAMPLES = 64;
    private static final int FLOAT = 1;
    private static final List<CalibrationMethod> METHODS = List.of(
            CalibrationMethod.MIN_MAX,
            CalibrationMethod.PERCENTILE,
            CalibrationMethod.ENTROPY,
            CalibrationMethod.MEAN_SQUARED_ERROR);

    private CalibrationContest() {}

    /**
     * @param quantized the model in integers by each method
     * @return the method with the largest ratio of signal to noise on the first output; {@link CalibrationMethod#PERCENTILE}
     *     where that is no float
     */
    static CalibrationMethod winner(
            Model model,
            CalibrationFeeds data,
            QuantizeOptions options,
            Function<CalibrationMethod, Model> quantized,
            ProgressListener progress) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), options.session())) {
            if (session.outputs().get(0).elementType() != FLOAT) {
                return CalibrationMethod.PERCENTILE;
            }
        }
        try (Samples samples = Samples.of(data, SAMPLES, model)) {
            List<Map<String, NativeTensor>> batches = samples.batches();
            List<float[]> expected = Sensitivity.outputs(model, batches, options.session());
            CalibrationMethod best = METHODS.get(0);
            double most = Double.NEGATIVE_INFINITY;
            for (CalibrationMethod method : METHODS) {
                double decibels = Sensitivity.decibels(
                        expected, Sensitivity.outputs(quantized.apply(method), batches, options.session()));
                progress.progress(
                        String.format(Locale.ROOT, "ranges by %s: %.1f dB", method.label(), decibels),
                        METHODS.indexOf(method));
                if (decibels > most) {
                    best = method;
                    most = decibels;
                }
            }
            return best;
        }
    }
}
