package dev.hone.jobs;

import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** How a data set is read and divided. */
public record DataOptions(
        @Setting(
                help =
                        "Keep images of the same group in one split. The first capturing group of this regular expression "
                                + "in an image's path is its group, for example 'num_(\\d+)'.",
                label = "REGEX",
                group = "Data")
        String group,

        @Setting(
                help = "Folder for the cache of decoded images.",
                label = "DIR",
                defText = "~/.cache/hone",
                group = "Data")
        Path cache) {

    public static DataOptions defaults() {
        return new DataOptions(null, null);
    }
}
