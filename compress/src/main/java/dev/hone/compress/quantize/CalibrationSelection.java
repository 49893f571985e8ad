package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Which calibration method keeps a model closest to FP32. No method is best for all: cutting off rare values costs a
 * classifier of defects much, as a defect is a rare value, and gains an outlier-ridden Transformer much.
 */
final class CalibrationSelection {
    private static final int SAMPLES = 64;
    private static final List<CalibrationMethod> METHODS = List.of(
            CalibrationMethod.MIN_MAX,
            CalibrationMethod.PERCENTILE,
            CalibrationMethod.ENTROPY,
            CalibrationMethod.MEAN_SQUARED_ERROR);

    private CalibrationSelection() {}

    /**
     * @param quantized the model in INT8 by each method
     * @return the method with the largest ratio of signal to noise on the first output; {@link CalibrationMethod#PERCENTILE}
     *     where that is no float
     */
    static CalibrationMethod winner(
            Model model,
            CalibrationFeeds data,
            QuantizerOptions options,
            Function<CalibrationMethod, Model> quantized,
            Progress progress) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), options.session())) {
            if (!ComparedOutput.of(session).isFloat()) {
                return CalibrationMethod.PERCENTILE;
            }
        }
        try (Samples samples = Samples.of(data, SAMPLES, model)) {
            List<Map<String, NativeTensor>> batches = samples.batches();
            List<float[]> expected = Sensitivity.outputs(model, batches, options.session());
            CalibrationMethod best = METHODS.get(0);
            double most = Double.NEGATIVE_INFINITY;
            progress.started("comparing calibration methods", METHODS.size());
            for (CalibrationMethod method : METHODS) {
                progress.checkCancelled();
                double decibels = Sensitivity.decibels(
                        expected, Sensitivity.outputs(quantized.apply(method), batches, options.session()));
                progress.detail(String.format(Locale.ROOT, "%s: %.1f dB", method.label(), decibels));
                progress.advanced(METHODS.indexOf(method) + 1L);
                if (decibels > most) {
                    best = method;
                    most = decibels;
                }
            }
            return best;
        }
    }
}
