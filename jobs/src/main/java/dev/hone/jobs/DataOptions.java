package dev.hone.jobs;

import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** How a data set is read and divided. */
public record DataOptions(
        @Setting(
                help = "Keep images of the same group in one split. The group is what the first group of this regular "
                        + "expression finds in the image's path, for example 'num_(\\d+)'.",
                label = "REGEX",
                group = "Data")
        String group,

        @Setting(
                help = "Folder for decoded images, kept between runs.",
                label = "DIR",
                defText = "~/.cache/hone",
                group = "Data")
        Path cache) {

    public static DataOptions defaults() {
        return new DataOptions(null, null);
    }
}
