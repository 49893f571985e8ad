package dev.hone.jobs;

import dev.hone.core.file.CacheFolder;
import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** How a data set is read and divided. */
public record DataOptions(
        @Setting(
                help =
                        "Keep images or rows of the same group in one split. Of a CSV: the column whose equal cells are a "
                                + "group. Else a regular expression whose first group is found in the image's path, for example "
                                + "'num_(\\d+)'.",
                label = "COLUMN|REGEX",
                group = "Data")
        String group,

        @Setting(
                help =
                        "Folder for decoded images, kept between runs, and for the rows of large tables while they are read.",
                label = "DIR",
                defText = "~/.cache/hone",
                group = "Data",
                writes = Setting.FOLDER)
        Path cache) {

    public static DataOptions defaults() {
        return new DataOptions(null, null);
    }

    /**
     * The folder that was asked for, or the user's cache folder.
     *
     * @throws dev.hone.core.HoneException if none was asked for and no place for the user's can be used
     */
    public Path folder() {
        return cache != null ? cache : CacheFolder.open();
    }
}
