package dev.hone.compress.quantize;

import dev.hone.compress.Accuracy;
import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.Compression;
import dev.hone.compress.CompressionContext;
import dev.hone.core.option.Setting;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import java.util.List;
import java.util.Set;

/** Static quantization to INT8: weights and activations, ranges from calibration data. */
public final class StaticInt8 implements Compression {
    /** Which layers compute in INT8. */
    public enum PlanKind {
        /** Those that are faster in INT8 on this machine. */
        MEASURED,
        /** All that can. */
        ALL
    }

    /** How weights are rounded. */
    public enum WeightRounding {
        NEAREST,
        /** Up or down, as keeps each layer's output closest to FP32. */
        ADAPTIVE
    }

    /** Options; those that are null have a default that depends on the others or on the machine. */
    public record Options(
            @Setting(
                    help =
                            "Which layers compute in INT8: those that are faster on this CPU (measured), or all that can.",
                    def = "measured",
                    group = "Quantization")
            PlanKind plan,

            @Setting(
                    help =
                            "How activation ranges are calibrated. measured compares the others and takes the one with the "
                                    + "highest signal-to-noise ratio of the model's output.",
                    defText = "measured, or percentile where a percentile is given",
                    group = "Quantization")
            CalibrationMethod calibration,

            @Setting(
                    help = "Values kept by percentile calibration, in percent.",
                    label = "P",
                    defText = "99.99",
                    min = 50,
                    max = 100,
                    group = "Quantization")
            Double percentile,

            @Setting(
                    help = "Bits of INT8 weights, 7 or 8.",
                    label = "N",
                    defText = "8; 7 on CPUs that saturate sums of 8-bit products",
                    min = 7,
                    max = 8,
                    group = "Quantization")
            Integer weightBits,

            @Setting(help = "How weights are rounded; adaptive needs longer.", def = "nearest", group = "Quantization")
            WeightRounding rounding,

            @Setting(
                    help = "Leave biases as they are instead of correcting the mean error of rounded weights.",
                    group = "Quantization")
            boolean noBiasCorrection,

            @Setting(
                    help = "Equalize channel ranges before calibration: cross-layer equalization of convolutions, "
                            + "SmoothQuant behind layer normalizations.",
                    group = "Quantization")
            boolean equalize,

            @Setting(help = "Names of nodes to keep in FP32.", label = "NODE,...", group = "Quantization")
            List<String> keepFp32) {

        /** With everything in INT8 that can be, and the other defaults. */
        public static Options all() {
            return new Options(PlanKind.ALL, null, null, null, WeightRounding.NEAREST, false, false, List.of());
        }

        CalibrationMethod method() {
            return calibration != null
                    ? calibration
                    : percentile != null ? CalibrationMethod.PERCENTILE : CalibrationMethod.MEASURED;
        }
    }

    private final Options options;

    public StaticInt8(Options options) {
        this.options = options;
    }

    @Override
    public Calibration calibration() {
        return Calibration.REQUIRED;
    }

    @Override
    public boolean measures() {
        return options.plan == PlanKind.MEASURED;
    }

    @Override
    public Compressed compress(Model model, CompressionContext context) {
        StaticInt8Report report = quantize(model, context);
        return new Compressed(report.quantization().model(), report);
    }

    /** The same with all that is known of the model. */
    public StaticInt8Report quantize(Model model, CompressionContext context) {
        CalibrationFeeds data = context.requireCalibration(model, "static quantization");
        QuantizerOptions quantizer = quantizer(context);
        Model prepared = options.equalize
                ? SmoothQuant.apply(CrossLayerEqualization.apply(model), data, context.session())
                : model;
        QuantizationResult quantized;
        PlanReport plan = null;
        if (options.plan == PlanKind.ALL) {
            quantized = Quantizer.quantize(prepared, data, quantizer, context.progress());
        } else {
            MeasuredResult measured = MeasuredQuantizer.quantize(prepared, data, quantizer, context.progress());
            quantized = measured.quantization();
            plan = measured.report();
        }
        Accuracy accuracy = null;
        AccuracyGoal goal = context.goal();
        if (goal != null) {
            AccuracyAwareQuantization.Outcome outcome = AccuracyAwareQuantization.search(
                    quantized, goal.metric(), goal.maxDrop(), data, context.progress());
            accuracy = outcome.accuracy();
            quantized = plan == null || accuracy.fallback().isEmpty()
                    ? outcome.quantization()
                    : MeasuredQuantizer.notSlower(outcome.quantization(), data, quantizer);
        }
        Audit audit = Audit.of(OnnxWriter.toBytes(quantized.model()), context.session());
        return new StaticInt8Report(quantized, plan, accuracy, audit);
    }

    private QuantizerOptions quantizer(CompressionContext context) {
        QuantizerOptions quantizer = QuantizerOptions.defaults()
                .withMethod(options.method())
                .withKeepFp32(Set.copyOf(options.keepFp32))
                .withCorrectBias(!options.noBiasCorrection)
                .withAdaptiveRounding(options.rounding == WeightRounding.ADAPTIVE)
                .withSession(context.session());
        if (options.percentile != null) {
            quantizer = quantizer.withPercentile(options.percentile);
        }
        return options.weightBits == null ? quantizer : quantizer.withReduceRange(options.weightBits == 7);
    }
}
