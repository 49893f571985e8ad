package dev.hone.jobs.explain;

import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** Where explanations go and how they are shown. */
public record MapOptions(
        @Setting(
                help = "Folder for heat maps or for the files of rows; for a data set the HTML page to write.",
                label = "DIR",
                letter = "o",
                group = "Output",
                writes = Setting.FOLDER)
        Path output,

        @Setting(help = "File format of the heat maps.", defText = "png", group = "Output")
        MapFormat format,

        @Setting(
                help = "Write attributions and standard errors as .npz too, those of regions also as .csv.",
                group = "Output")
        boolean values,

        @Setting(help = "Show absolute attributions instead of signed ones.", group = "Output")
        boolean absolute) {}
