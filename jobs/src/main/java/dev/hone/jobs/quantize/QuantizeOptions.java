package dev.hone.jobs.quantize;

import dev.hone.compress.method.Compressions;
import dev.hone.core.option.Options;
import dev.hone.core.option.Selected;
import dev.hone.core.option.Setting;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.runs.HistoryOptions;
import java.nio.file.Path;
import java.util.Map;

/** What is quantized, how, and where the result goes. */
public record QuantizeOptions(
        @Setting(
                help = "An ONNX or TFLite file with FP32 weights.",
                label = "MODEL",
                positional = true,
                required = true)
        Path model,

        @Setting(
                help = "Where the quantized model goes.",
                label = "FILE",
                letter = "o",
                required = true,
                writes = {"", ".data", ".data.part", ".journal"})
        Path output,

        @Setting(help = "Compression method.", label = "METHOD", def = "static", variants = Compressions.class)
        Selected method,

        @Setting(
                help = "Data for calibration, training and validation: a folder with a folder per class, a CSV, or the "
                        + "table of a model of rows. "
                        + "Test data are not used.",
                label = "DATA",
                group = "Data")
        Path calibrate,

        @Setting(
                help = "Calibration data of a model that takes no images: NumPy arrays by input name, whose first axis "
                        + "counts samples.",
                label = "FILE.npz",
                group = "Data")
        Path inputs,

        @Setting(help = "Images or rows for calibration.", label = "N", def = "128", min = 1, group = "Data")
        int images,

        @Setting(
                help =
                        "Accuracy goal: the most points (1 is 1 %) that the model may lose by the metric. For static, the "
                                + "most sensitive layers are moved back to FP32 until it is met; for the other methods the model "
                                + "is only evaluated.",
                label = "POINTS",
                defText = "no goal",
                min = 0,
                group = "Accuracy")
        Double maxDrop,

        @Setting(
                help =
                        "Metric of the accuracy goal: macro F1 or accuracy on the validation images; or, without labels, "
                                + "cosine similarity (of 100) or SNR (100 less the noise in % of the signal; 20 dB are 90) of the "
                                + "first output on calibration data.",
                label = "NAME",
                def = "f1",
                group = "Accuracy")
        MetricName metric,

        @Setting(
                help = "Where a page about the measured plan goes, for static and qat.",
                label = "FILE.html",
                group = "Output",
                writes = "")
        Path report,

        @Setting(
                help = "Store tensors in a file beside the model and convert them one by one, as is always done above "
                        + "1 GB; an interrupted run resumes. For dynamic, weights, fp16, bf16.",
                group = "Output")
        boolean externalData,

        DataOptions dataOptions,
        ClassifierOptions classifier,
        HistoryOptions history,
        RunOptions run) {

    /** What the accuracy goal is measured by. */
    public enum MetricName {
        F1,
        ACCURACY,
        COSINE,
        SNR;

        boolean needsLabels() {
            return this == F1 || this == ACCURACY;
        }
    }

    /** Static INT8 quantization with the defaults. */
    public static QuantizeOptions of(Path model, Path calibrate, Path output) {
        return Options.of(QuantizeOptions.class)
                .build(Map.of("model", model, "calibrate", calibrate, "output", output));
    }
}
