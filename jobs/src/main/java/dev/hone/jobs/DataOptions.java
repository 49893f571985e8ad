package dev.hone.jobs;

import dev.hone.core.file.CacheFolder;
import dev.hone.core.option.OptionException;
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
                help = "Near duplicates: copies of an image, and images of one part under other light or in another "
                        + "frame. Keep them in one split where Hone divides the data, only warn of those in two splits, "
                        + "or do not look for them.",
                label = "WHAT",
                def = "keep-together",
                group = "Data")
        Duplicates duplicates,

        @Setting(
                help = "Write the pairs of near duplicates to this CSV file.",
                label = "CSV",
                group = "Data",
                writes = "")
        Path duplicatePairs,

        @Setting(
                help =
                        "Folder for decoded images, kept between runs, and for the rows of large tables while they are read.",
                label = "DIR",
                defText = "~/.cache/hone",
                group = "Data",
                writes = Setting.FOLDER)
        Path cache) {

    /** What is done about near duplicates. */
    public enum Duplicates {
        KEEP_TOGETHER,
        WARN,
        IGNORE
    }

    public DataOptions {
        if (duplicatePairs != null && duplicates == Duplicates.IGNORE) {
            throw new OptionException("duplicate-pairs", "near duplicates are not looked for; do not ignore them");
        }
    }

    public static DataOptions defaults() {
        return new DataOptions(null, Duplicates.KEEP_TOGETHER, null, null);
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
