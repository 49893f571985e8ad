package dev.hone.jobs.quantize;

import dev.hone.compress.Compression;
import dev.hone.compress.Compression.Calibration;
import dev.hone.compress.CompressionContext;
import dev.hone.compress.CompressionReport;
import dev.hone.compress.method.Compressions;
import dev.hone.compress.stream.TensorwiseCompression;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.FixedBatch;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.runs.Recorder;
import dev.hone.model.Cards;
import dev.hone.model.ClassScores;
import dev.hone.model.ModelCard;
import dev.hone.model.ModelFiles;
import dev.hone.model.ModelWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Quantizes a model by one of {@link Compressions}, or stores it in half precision. */
public final class QuantizeJob {
    public static final Job<QuantizeOptions, QuantizeResult> JOB = new Job<>(
            "quantize", "Quantize a model to INT8, INT4, FP16 or BF16", QuantizeOptions.class, QuantizeJob::run);

    /** From this size on tensors are streamed from file to file. */
    private static final long STREAMED_FROM = 1_000_000_000;

    private final QuantizeOptions options;
    private final Compression compression;
    private final Progress progress;

    private QuantizeJob(QuantizeOptions options, Progress progress) {
        this.options = options;
        this.compression = Compressions.of(options.method());
        this.progress = progress;
    }

    /**
     * @throws HoneException if options, model and data do not fit, or a file cannot be written
     * @throws dev.hone.core.CancelledException if the progress asks for it; streamed tensors that are finished are kept
     */
    public static QuantizeResult run(QuantizeOptions options, Progress progress) {
        return Recorder.joining(JOB, options, options.history(), options.model(), options.output())
                .run(
                        progress,
                        result -> true,
                        heard -> Outputs.holding(options, () -> new QuantizeJob(options, heard).run()));
    }

    private QuantizeResult run() {
        Path from = options.model();
        Path to = options.output();
        requireOptions();
        long originalBytes = ModelFiles.size(from);
        boolean streamed = options.externalData() || originalBytes > STREAMED_FROM;
        CompressionReport report =
                streamed && compression instanceof TensorwiseCompression tensorwise ? stream(tensorwise) : compress();
        if (options.report() != null) {
            PlanReports.write(options, report);
        }
        return new QuantizeResult(
                to, ModelFiles.size(to), originalBytes, options.method().name(), report, options.report());
    }

    // ---- what fits together

    private boolean hasData() {
        return options.calibrate() != null || options.inputs() != null;
    }

    private String method() {
        return "method " + options.method().name();
    }

    private void requireOptions() {
        if (options.calibrate() != null && options.inputs() != null) {
            throw new OptionException("inputs", "calibrate is given too; give one of them");
        }
        boolean calibrates = compression.calibration() == Calibration.REQUIRED;
        if (calibrates && !hasData()) {
            throw new OptionException(
                    "calibrate",
                    method()
                            + " needs calibration data; name a data set, or arrays by 'inputs' for a model that takes no "
                            + "images, or choose another method or rounding");
        }
        if (compression.trains() && options.calibrate() == null) {
            throw new OptionException("inputs", method() + " trains on labelled images; give 'calibrate' instead");
        }
        if (options.maxDrop() != null && !hasData()) {
            throw new OptionException(
                    "max-drop",
                    "accuracy is measured on data; name a data set by 'calibrate', or arrays by 'inputs' for the metrics "
                            + "cosine and snr");
        }
        if (hasData() && compression.calibration() == Calibration.UNUSED && options.maxDrop() == null) {
            throw new OptionException(
                    options.inputs() != null ? "inputs" : "calibrate",
                    method() + " uses data only for an accuracy goal; give 'max-drop', or leave the data out");
        }
        if (options.report() != null && !compression.measures()) {
            throw new OptionException(
                    "report",
                    "the page shows a measured plan, which " + method() + " has not with these options; "
                            + "leave it out, or choose plan measured");
        }
        boolean streamable = compression instanceof TensorwiseCompression;
        if (options.externalData() && !streamable) {
            throw new OptionException("external-data", "not for " + method() + "; leave it out");
        }
    }

    // ---- the work

    private CompressionReport compress() {
        Model model = ModelFiles.read(options.model());
        FixedBatch.bind(model);
        ClassScores scores = ModelFiles.scores(
                options.model(),
                model,
                options.classifier().pixels(),
                options.run().session(progress));
        if (scores != null) {
            // So that all forms of the model are compared by the same output.
            scores.writeTo(model.metadata());
        }
        CompressionContext context = CompressionContext.defaults()
                .withSession(options.run().session(progress))
                .withProgress(progress);
        Compression.Compressed compressed;
        try (CompressionData data = hasData() ? data(model) : null) {
            if (data != null) {
                context = context.withCalibration(data.calibration()).withSeed(data.seed());
                context = context.withTraining(compression.trains() ? data.training() : null)
                        .withGoal(data.goal());
            }
            compressed = compression.compress(model, context);
        }
        progress.finished();
        progress.checkCancelled();
        Cards.derived(compressed.model(), options.model(), scores, arguments());
        ModelWriter.write(compressed.model(), options.output());
        return compressed.report();
    }

    private CompressionData data(Model model) {
        if (options.inputs() != null) {
            return new ArrayData(options, model);
        }
        return ModelCard.takesRows(model.metadata())
                ? new RowData(options, model, progress)
                : new ImageData(options, model, progress);
    }

    private CompressionReport stream(TensorwiseCompression tensorwise) {
        if (hasData()) {
            throw new OptionException(
                    options.inputs() != null ? "inputs" : "calibrate",
                    "data are run through the model in memory, but the tensors of " + options.model()
                            + " are streamed; leave the data out");
        }
        CompressionContext context = CompressionContext.defaults().withProgress(progress);
        CompressionReport report = tensorwise.stream(
                options.model(),
                options.output(),
                model -> Cards.derived(model, options.model(), null, arguments()),
                context);
        progress.finished();
        return report;
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(JOB.name()));
        arguments.addAll(Options.of(QuantizeOptions.class).arguments(options));
        return arguments;
    }
}
