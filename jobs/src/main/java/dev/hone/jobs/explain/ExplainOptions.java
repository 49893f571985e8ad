package dev.hone.jobs.explain;

import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.watch.WatchOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What to explain, by which method, and where to write it. */
public record ExplainOptions(
        @Setting(help = "An ONNX or TFLite file.", label = "MODEL", positional = true, required = true)
        Path model,

        @Setting(
                help = "PNG, JPEG, BMP or TIFF images; folders of them, searched at any depth; quoted patterns such as "
                        + "'parts/*.png'; or one .csv table, or one .npz with an array named after the model's input.",
                label = "INPUT",
                positional = true)
        List<Path> inputs,

        TargetOptions target,
        AttributionOptions attribution,
        BaselineOptions baselines,

        @Setting(
                help = "Explain a reference model with the same samples too, such as the FP32 model that an INT8 model "
                        + "was made from, and report how far the two maps agree.",
                label = "MODEL",
                group = "Explanation")
        Path against,

        RowOptions rows,
        DataSetExplanationOptions dataSet,
        MapOptions maps,
        WatchOptions watching,

        ClassifierOptions classifier,
        DataOptions data,
        RunOptions run) {
    /**
     * Heat maps of the predictions of images, by GradientSHAP with the blurred image as baseline.
     *
     * @param output folder of the maps
     */
    public static ExplainOptions of(Path model, List<Path> images, Path output) {
        return Options.of(ExplainOptions.class)
                .build(Map.of(
                        "model", model,
                        "inputs", images.stream().map(Path::toString).toList(),
                        "output", output));
    }

    public ExplainOptions withTarget(TargetOptions value) {
        return new ExplainOptions(
                model,
                inputs,
                value,
                attribution,
                baselines,
                against,
                rows,
                dataSet,
                maps,
                watching,
                classifier,
                data,
                run);
    }

    public ExplainOptions withAttribution(AttributionOptions value) {
        return new ExplainOptions(
                model, inputs, target, value, baselines, against, rows, dataSet, maps, watching, classifier, data, run);
    }

    public ExplainOptions withBaselines(BaselineOptions value) {
        return new ExplainOptions(
                model,
                inputs,
                target,
                attribution,
                value,
                against,
                rows,
                dataSet,
                maps,
                watching,
                classifier,
                data,
                run);
    }

    /** Whether the inputs are the rows of a table or an array instead of images. */
    boolean explainsRows() {
        return !inputs.isEmpty() && (isTable(inputs.get(0)) || extension(inputs.get(0), ".npz"));
    }

    static boolean isTable(Path file) {
        return extension(file, ".csv");
    }

    private static boolean extension(Path file, String extension) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(extension);
    }
}
