package dev.hone.jobs.bench;

import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.jobs.RunOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Which models are measured, and how. */
public record BenchOptions(
        @Setting(help = "An ONNX or TFLite file.", label = "MODEL", positional = true, required = true)
        Path model,

        @Setting(help = "A second model with the same inputs, measured in turn.", label = "OTHER")
        Path against,

        @Setting(help = "Samples per run.", label = "N", def = "1", min = 1)
        int batch,

        @Setting(help = "Time to measure each model, in seconds.", label = "S", def = "3", min = 0.001)
        double seconds,

        @Setting(
                help = "Shape of an input whose size the model leaves open, for example 1,3,224,224.",
                label = "DIMS",
                min = 1)
        List<Integer> input,

        RunOptions run) {

    /** All defaults. */
    public static BenchOptions of(Path model) {
        return Options.of(BenchOptions.class).build(Map.of("model", model));
    }
}
