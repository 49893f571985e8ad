package dev.hone.jobs.predict;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.watch.WatchOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Which images or tables are classified by which model. */
public record PredictOptions(
        @Setting(help = "An ONNX or TFLite file.", label = "MODEL", positional = true, required = true)
        Path model,

        @Setting(
                help = "PNG, JPEG, BMP or TIFF files, or tables as CSV files; folders, searched at any depth; quoted "
                        + "patterns such as 'parts/*.png' or 'parts/**/*.png'.",
                label = "INPUT",
                positional = true)
        List<Path> inputs,

        @Setting(
                help = "Write a CSV file with a line for each image or row, instead of JSON lines.",
                label = "FILE",
                group = "Output",
                writes = "")
        Path csv,

        WatchOptions watching,
        ClassifierOptions classifier,
        RunOptions run) {

    /** All defaults. */
    public static PredictOptions of(Path model, List<Path> inputs) {
        return Options.of(PredictOptions.class).build(Map.of("model", model, "inputs", inputs));
    }

    /** @throws OptionException if there is nothing to predict, or options do not go together */
    void check() {
        watching.check();
        if (inputs.isEmpty() && !watching.isAsked()) {
            throw new OptionException(
                    "inputs", "expected images, tables, folders or patterns to predict, or a folder to watch");
        }
        if (!inputs.isEmpty() && watching.isAsked()) {
            throw new OptionException("watch", "given with " + inputs.get(0) + ", expected one of them");
        }
    }
}
