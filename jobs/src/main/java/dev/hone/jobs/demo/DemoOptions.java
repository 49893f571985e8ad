package dev.hone.jobs.demo;

import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** Where the demonstration goes and how long it takes. */
public record DemoOptions(
        @Setting(
                help = "Folder for data, models and report.",
                label = "DIR",
                letter = "o",
                def = "hone-demo",
                writes = Setting.FOLDER)
        Path output,

        @Setting(help = "Training time in minutes.", label = "M", def = "3", min = 0.01)
        double minutes,

        @Setting(help = "Training images of each class.", label = "N", def = "220", min = 2)
        int images) {}
