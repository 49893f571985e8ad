package dev.hone.jobs.predict;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.input.FileKind;
import dev.hone.jobs.input.InputFiles;
import dev.hone.model.RowClassifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Classifies images, of which one that cannot be read does not stop the others, or the rows of tables: files, whole folders,
 * or what arrives in a folder.
 */
public final class PredictJob {
    public static final Job<PredictOptions, PredictResult> JOB =
            new Job<>("predict", "Classify images or rows of a table", PredictOptions.class, PredictJob::run);

    private PredictJob() {}

    /**
     * Keeps every prediction that is not written to a file; for many images, {@link #run(PredictOptions, Progress,
     * Consumer)} keeps none.
     */
    public static PredictResult run(PredictOptions options, Progress progress) {
        List<PredictResult.Line> lines = new ArrayList<>();
        boolean kept = options.csv() == null && !options.watching().isAsked();
        PredictResult result = run(options, progress, kept ? lines::add : line -> {});
        return new PredictResult(lines, result.totals());
    }

    /**
     * @param listener hears of each image or row as soon as it is classified, in their order
     * @return totals without lines; a watched folder ends when it is cancelled
     * @throws HoneException if the model cannot be opened, a folder or pattern names no file, a table has not the columns
     *     that the model takes, or the file of results cannot be written
     */
    public static PredictResult run(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        return Outputs.holding(options, () -> predict(options, progress, listener));
    }

    private static PredictResult predict(
            PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        options.check();
        PredictionTotals totals = new PredictionTotals();
        Consumer<PredictResult.Line> counted = line -> {
            totals.add(line);
            listener.accept(line);
        };
        if (options.watching().isAsked()) {
            new WatchedPredictions(options, progress, counted).run();
        } else if (takesRows(options)) {
            new RowPredictions(options, progress, counted).run();
        } else {
            new ImagePredictions(options, progress, counted).run();
        }
        return new PredictResult(List.of(), totals.totals());
    }

    /** By the first input: a table; or a folder or pattern, where the model decides. */
    private static boolean takesRows(PredictOptions options) {
        Path first = options.inputs().get(0);
        return FileKind.TABLES.matches(first) || InputFiles.isSearched(first) && RowClassifier.isIn(options.model());
    }
}
