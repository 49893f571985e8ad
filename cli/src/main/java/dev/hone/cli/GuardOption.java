package dev.hone.cli;

import dev.hone.compress.quantize.AccuracyGuard;
import dev.hone.compress.quantize.CalibrationFeeds;
import dev.hone.compress.quantize.CrossLayerEqualization;
import dev.hone.compress.quantize.Fidelity;
import dev.hone.compress.quantize.Sensitivity;
import dev.hone.compress.quantize.SmoothQuant;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.Json;
import dev.hone.model.Classifier;
import dev.hone.model.metric.Confusion;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What keeps the accuracy of a quantized model, and how much of it may be lost on validation images. */
final class GuardOption {
    enum Measure {
        F1,
        ACCURACY,
        COSINE,
        SNR
    }

    @Option(
            names = "--max-drop",
            paramLabel = "POINTS",
            description = "Return the most sensitive layers to float until the quantized model loses at most so many "
                    + "points (1 is 1 %%) against float, by --metric. With qat, dynamic and weights the model is judged "
                    + "and nothing returns.")
    Double points;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description =
                    "What --max-drop counts: f1 (macro F1; the default) or accuracy, on the validation images; or "
                            + "without labels, on calibration inputs, how close the first output is to float's: cosine (of 100) or "
                            + "snr (100 less the noise in %% of the signal; 20 dB are 90).")
    Measure measure = Measure.F1;

    @Option(
            names = "--no-bias-correction",
            description = "Leave biases as they are. Without it they make up for the mean error of rounded weights.")
    boolean plainBias;

    @Option(
            names = "--equalize",
            description = "Before calibration, move scale between layers so that channels share their bytes better, "
                    + "with the same result in float: cross-layer equalization of convolutions, SmoothQuant behind "
                    + "layer normalizations.")
    boolean equalize;

    /** The model to quantize. */
    Model prepared(Model model, CalibrationFeeds data, SessionOptions options) {
        return equalize ? SmoothQuant.apply(CrossLayerEqualization.apply(model), data, options) : model;
    }

    /** Finds what is out of range before any long work. */
    void check() {
        if (points != null && !(points >= 0)) {
            throw new HoneException("--max-drop " + points + ", expected 0 or more points");
        }
    }

    boolean needsLabels() {
        return measure == Measure.F1 || measure == Measure.ACCURACY;
    }

    /**
     * What models are judged by; null where accuracy is not asked for.
     *
     * @param classifier of the images in {@code data}; not used for a metric without labels
     * @param source calibration inputs, for a metric without labels
     */
    AccuracyGuard.Metric metric(
            Model model,
            CalibrationFeeds source,
            Classifier classifier,
            DataOption dataOption,
            Path data,
            SessionOptions options) {
        if (points == null) {
            return null;
        }
        return needsLabels() ? labelled(classifier, dataOption, data, options) : unlabelled(model, source, options);
    }

    AccuracyGuard.Metric unlabelled(Model model, CalibrationFeeds source, SessionOptions options) {
        return new Fidelity(
                model, source, measure == Measure.COSINE ? Fidelity.Measure.COSINE : Fidelity.Measure.SNR, options);
    }

    /** Judges models on the validation images of a data set, which are set aside where the data do not say. */
    private AccuracyGuard.Metric labelled(
            Classifier classifier, DataOption dataOption, Path data, SessionOptions options) {
        DataSet all = dataOption.dividedFor(data, classifier.input());
        if (classifier.input().labels() != null) {
            all = all.withClasses(classifier.input().labels());
        }
        int[] validation = all.indices(Split.VALIDATION);
        if (validation.length == 0) {
            throw new HoneException(data + " has no validation images, which --max-drop is judged on; name some with "
                    + "split 'val', or add training images, of which a part is set aside");
        }
        ImageStore store =
                dataOption.store(all.only(validation), classifier.input().form());
        int[] indices = java.util.stream.IntStream.range(
                        0, store.dataSet().samples().size())
                .toArray();
        // One image tells whether the model scores as many classes as the data have.
        classifier.evaluate(store, new int[] {0}, "", Progress.NONE);
        return model -> {
            try (Classifier form = classifier.of(model, options)) {
                Confusion confusion =
                        form.evaluate(store, indices, "", Progress.NONE).confusion();
                return 100 * (measure == Measure.F1 ? confusion.macroF1() : confusion.accuracy());
            }
        };
    }

    static Map<String, Object> document(AccuracyGuard.Guarded guarded) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("floatPoints", Json.round(guarded.floatPoints(), 4));
        map.put("before", Json.round(guarded.before(), 4));
        map.put("points", Json.round(guarded.points(), 4));
        map.put("most", guarded.most());
        map.put("holds", guarded.holds());
        map.put("evaluations", guarded.evaluations());
        map.put(
                "returned",
                guarded.returned().stream().map(GuardOption::document).toList());
        return map;
    }

    private static Map<String, Object> document(Sensitivity layer) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("layer", layer.layer());
        map.put("decibels", Json.round(layer.decibels(), 2));
        if (!Double.isNaN(layer.lost())) {
            map.put("pointsLost", Json.round(layer.lost(), 4));
        }
        return map;
    }

    static List<String> lines(AccuracyGuard.Guarded guarded) {
        return guarded.returned().stream().map(s -> "  back to float: " + s).toList();
    }
}
