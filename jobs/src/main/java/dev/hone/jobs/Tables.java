package dev.hone.jobs;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.text.Csv;
import dev.hone.core.text.CsvStream;
import dev.hone.core.text.Names;
import dev.hone.data.Split;
import dev.hone.data.table.TableData;
import dev.hone.data.table.TableOptions;
import dev.hone.model.RowClassifier;
import dev.hone.runtime.SessionOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Opens tables for the jobs that read them, and divides them alike for all. */
public final class Tables {
    /** Tables with fewer training rows are small. */
    private static final int SMALL = 2000;

    private Tables() {}

    /**
     * Whether a table has so few training rows that networks overfit soon, that each row is worth having for training, and
     * that a part of them would say little about which epoch is best.
     */
    public static boolean isSmall(int trainingRows) {
        return trainingRows < SMALL;
    }

    /**
     * Whether a file is a table and no list of images: a CSV whose header has not the columns path and label.
     *
     * @throws HoneException if it is a CSV that cannot be read
     */
    public static boolean isTable(Path data) {
        if (!Files.isRegularFile(data) || !isCsv(data)) {
            return false;
        }
        List<String> header = header(data);
        return !header.isEmpty() && !(header.contains("path") && header.contains("label"));
    }

    /** Whether a file's name ends in .csv. */
    public static boolean isCsv(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
    }

    private static List<String> header(Path csv) {
        try (CsvStream stream = CsvStream.open(csv)) {
            Csv.Row first = stream.next();
            return first == null
                    ? List.of()
                    : first.cells().stream().map(String::strip).toList();
        }
    }

    /** @throws OptionException if the data are a table, of which nobody said what is to be predicted */
    public static void requireImages(Path data) {
        if (isTable(data)) {
            throw new OptionException(
                    "target",
                    "needed, as the header of " + data
                            + " has not the columns path and label of a list of images; for a "
                            + "table give the column to predict, one of " + Names.some(header(data)));
        }
    }

    /** @throws HoneException if the model takes images: of a list of them only the images themselves are an input */
    public static void requireRows(Path model, Path csv) {
        if (RowClassifier.takesImages(model)) {
            throw new HoneException(model + " takes images, and " + csv + " is "
                    + (Files.isRegularFile(csv) && !isTable(csv) ? "a list of images" : "a table")
                    + "; give the images, their folder, or a pattern such as 'photos/*.png'");
        }
    }

    /** Opens a model for the columns of a table; the caller closes it. */
    public static RowClassifier classifier(Path model, Path csv, SessionOptions session) {
        return RowClassifier.of(model, header(csv), session);
    }

    /** A table of a model's columns, with a warning of what was noticed. */
    public static TableData open(Path csv, RowClassifier model, DataOptions options, Progress progress) {
        return open(csv, TableOptions.expecting(model.schema()).withScratch(options.folder()), progress);
    }

    private static TableData open(Path csv, TableOptions how, Progress progress) {
        TableData data = TableData.open(csv, how, progress);
        data.notices().forEach(progress::warning);
        return data;
    }

    /**
     * Sets test and validation rows aside where the table itself does not: the same ones for the same seed, so that a later
     * evaluation sees only rows that training did not. A small table keeps its validation rows for training.
     */
    public static TableData divided(TableData data, long seed) {
        TableData divided = data;
        if (data.rows(Split.TEST).length == 0) {
            divided = divided.withHoldOut(Split.TEST, DataSets.TEST, seed);
        }
        divided = divided.withFreeRowsForTraining();
        int training = divided.rows(Split.TRAIN).length;
        if (data.rows(Split.VALIDATION).length == 0 && !isSmall(training)) {
            divided = divided.withHoldOut(Split.VALIDATION, DataSets.VALIDATION, seed);
        }
        return divided;
    }

    /**
     * A labelled table divided as it was when a model was trained, with a warning where that is unknown.
     *
     * @throws HoneException if it has not the model's columns, or not the target
     */
    public static TableData dividedFor(Path csv, RowClassifier model, DataOptions options, Progress progress) {
        String group = options.group() == null ? model.card().group() : options.group();
        TableOptions how = TableOptions.expecting(model.schema())
                .withLabelledRows()
                .withGroup(group)
                .withScratch(options.folder());
        TableData data = open(csv, how, progress);
        boolean heldOut = data.rows(Split.TEST).length == 0;
        TableData divided = divided(data, model.card().seed());
        if (heldOut && !divided.revision().equals(model.card().data())) {
            progress.warning(
                    csv + " is not the data that the model was trained on; test rows may have been seen in training");
        }
        return divided;
    }
}
