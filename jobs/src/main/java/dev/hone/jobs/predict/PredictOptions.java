package dev.hone.jobs.predict;

import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.RunOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Which images or tables are classified by which model. */
public record PredictOptions(
        @Setting(help = "An ONNX file.", label = "MODEL", positional = true, required = true)
        Path model,

        @Setting(
                help = "PNG, JPEG, BMP or TIFF files, or tables as CSV files.",
                label = "INPUT",
                positional = true,
                required = true)
        List<Path> inputs,

        ClassifierOptions classifier,
        RunOptions run) {

    /** All defaults. */
    public static PredictOptions of(Path model, List<Path> inputs) {
        return Options.of(PredictOptions.class).build(Map.of("model", model, "inputs", inputs));
    }
}
