package dev.hone.jobs.evaluate;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.data.Split;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.runs.HistoryOptions;
import dev.hone.model.metric.ErrorLimit;
import java.nio.file.Path;
import java.util.Map;

/** Which model is evaluated, on which data. */
public record EvaluateOptions(
        @Setting(help = "An ONNX file.", label = "MODEL", positional = true, required = true)
        Path model,

        @Setting(
                help = "A folder with a folder per class, a CSV of paths and labels, or a table as CSV.",
                label = "DATA",
                positional = true,
                required = true)
        Path data,

        @Setting(help = "A second model to evaluate on the same images, such as the quantized one.", label = "OTHER")
        Path against,

        @Setting(help = "Images or rows to evaluate on.", label = "SPLIT", def = "test", group = "Data")
        Part split,

        @Setting(
                help = "The class of parts without a defect.",
                label = "CLASS",
                defText = "the class whose name says so, such as good or ok",
                group = "Data")
        String good,

        @Setting(
                help = "Largest share of good parts that may be rejected (overkill, false reject rate).",
                label = "SHARE",
                defText = "0.05",
                min = 0,
                max = 1,
                group = "Threshold")
        Double overkill,

        @Setting(
                help = "Largest share of defective parts that may pass (escape rate), instead of a limit on overkill.",
                label = "SHARE",
                min = 0,
                max = 1,
                group = "Threshold")
        Double escape,

        @Setting(
                help = "Write a copy of MODEL with a reject threshold that keeps the overkill or escape rate on the "
                        + "validation images; the metrics are those of the copy.",
                label = "FILE",
                group = "Threshold",
                writes = "")
        Path setThreshold,

        @Setting(
                help = "Write an HTML page with sample images, training curves, model comparison and explanations.",
                label = "HTML",
                writes = "")
        Path report,

        DataOptions dataOptions,
        ClassifierOptions classifier,
        HistoryOptions history,
        RunOptions run) {

    /** A part of the data. */
    public enum Part {
        TEST(Split.TEST),
        VALIDATION(Split.VALIDATION),
        TRAIN(Split.TRAIN),
        ALL(null);

        private final Split split;

        Part(Split split) {
            this.split = split;
        }

        /** Null for all samples. */
        Split split() {
            return split;
        }
    }

    public EvaluateOptions {
        if (overkill != null && escape != null) {
            throw new OptionException("escape", "fixes the same threshold as overkill; give one of them");
        }
    }

    /** The test data, all defaults. */
    public static EvaluateOptions of(Path model, Path data) {
        return Options.of(EvaluateOptions.class).build(Map.of("model", model, "data", data));
    }

    public EvaluateOptions withAgainst(Path other) {
        return new EvaluateOptions(
                model, data, other, split, good, overkill, escape, setThreshold, report, dataOptions, classifier, history, run);
    }

    public EvaluateOptions withReport(Path page) {
        return new EvaluateOptions(
                model, data, against, split, good, overkill, escape, setThreshold, page, dataOptions, classifier, history, run);
    }

    ErrorLimit limit() {
        return escape != null
                ? new ErrorLimit(ErrorLimit.Kind.ESCAPE, escape)
                : overkill != null ? new ErrorLimit(ErrorLimit.Kind.OVERKILL, overkill) : ErrorLimit.DEFAULT;
    }
}
