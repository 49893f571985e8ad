package dev.hone.jobs.evaluate;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.data.Split;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.runs.HistoryOptions;
import dev.hone.model.metric.CostRule;
import dev.hone.model.metric.ErrorLimit;
import dev.hone.model.metric.ThresholdRule;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Which model is evaluated, on which data. */
public record EvaluateOptions(
        @Setting(help = "An ONNX or TFLite file.", label = "MODEL", positional = true, required = true)
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
                help =
                        "Cost of a defective part that passes, in any unit: reject by the threshold of the lowest expected "
                                + "cost on the validation images, instead of a limit.",
                label = "COST",
                min = 0,
                group = "Threshold")
        Double costEscape,

        @Setting(
                help = "Cost of a good part that is rejected, in the same unit.",
                label = "COST",
                min = 0,
                group = "Threshold")
        Double costOverkill,

        @Setting(
                help = "Share of defective parts on the line, by which costs are weighted.",
                label = "SHARE",
                defText = "the share in the validation images",
                min = 0,
                max = 1,
                group = "Threshold")
        Double defectRate,

        @Setting(
                help =
                        "Write a copy of MODEL with a reject threshold that keeps the overkill or escape rate, or has the "
                                + "lowest cost, on the validation images; the metrics are those of the copy.",
                label = "FILE",
                group = "Threshold",
                writes = "")
        Path setThreshold,

        @Setting(
                help = "Write an HTML page with sample images, training curves, model comparison and explanations.",
                label = "HTML",
                writes = "")
        Path report,

        @Setting(
                help =
                        "Write the misclassified samples into this folder: a CSV file, and pages with the attribution map of "
                                + "each image.",
                label = "DIR",
                writes = Setting.FOLDER)
        Path errors,

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
        if (costEscape == null && costOverkill != null) {
            throw new OptionException(
                    "cost-overkill", "a cost of overkill is weighed against one of escapes; give both");
        }
        if (costEscape != null) {
            if (costOverkill == null) {
                throw new OptionException(
                        "cost-escape", "a cost of escapes is weighed against one of overkill; give both");
            }
            if (overkill != null || escape != null) {
                throw new OptionException(
                        "cost-escape", "chooses the threshold by cost; give no limit on overkill or escape with it");
            }
            if (!(costEscape + costOverkill > 0) || Double.isInfinite(costEscape + costOverkill)) {
                throw new OptionException(
                        "cost-escape",
                        "the costs are " + costEscape + " and " + costOverkill
                                + ", expected numbers of which one at least is above 0");
            }
        } else if (defectRate != null) {
            throw new OptionException("defect-rate", "weighs costs, and none are given");
        }
    }

    /** The test data, all defaults. */
    public static EvaluateOptions of(Path model, Path data) {
        return Options.of(EvaluateOptions.class).build(Map.of("model", model, "data", data));
    }

    public EvaluateOptions withAgainst(Path other) {
        return with("against", other);
    }

    public EvaluateOptions withReport(Path page) {
        return with("report", page);
    }

    private EvaluateOptions with(String name, Object value) {
        Options<EvaluateOptions> options = Options.of(EvaluateOptions.class);
        Map<String, Object> values = new HashMap<>(options.values(this));
        values.put(name, value);
        values.values().removeIf(Objects::isNull);
        return options.build(values);
    }

    /** Whether a threshold is chosen on validation samples and decides. */
    boolean chooses() {
        return setThreshold != null || costEscape != null;
    }

    ThresholdRule rule() {
        if (costEscape != null) {
            return new CostRule(costEscape, costOverkill, defectRate == null ? Double.NaN : defectRate);
        }
        return escape != null
                ? new ErrorLimit(ErrorLimit.Kind.ESCAPE, escape)
                : overkill != null ? new ErrorLimit(ErrorLimit.Kind.OVERKILL, overkill) : ErrorLimit.DEFAULT;
    }
}
