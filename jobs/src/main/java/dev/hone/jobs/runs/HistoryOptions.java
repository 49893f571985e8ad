package dev.hone.jobs.runs;

import dev.hone.core.option.Setting;
import java.nio.file.Path;

/** Where a run is recorded. */
public record HistoryOptions(
        @Setting(
                help = "Folder of the run history, see hone runs.",
                label = "DIR",
                defText = "runs beside the model",
                group = "Run history",
                writes = Setting.FOLDER)
        Path runs,

        @Setting(help = "Do not record this run.", group = "Run history")
        boolean noHistory) {
    /** Name of the folder beside a model. */
    public static final String FOLDER = "runs";

    /** Beside the model. */
    public static HistoryOptions defaults() {
        return new HistoryOptions(null, false);
    }
}
