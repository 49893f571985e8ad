package dev.hone.jobs.show;

import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** What is to be shown of a model. */
public record ShowOptions(
        @Setting(help = "An ONNX or TFLite file.", label = "MODEL", positional = true, required = true)
        Path model,

        @Setting(help = "List every node with its output shapes and MACs.")
        boolean nodes,

        @Setting(help = "List every constant with its shape, its number of values, and whether it is trained.")
        boolean weights) {}
