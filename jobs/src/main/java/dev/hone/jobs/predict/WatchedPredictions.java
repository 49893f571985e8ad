package dev.hone.jobs.predict;

import dev.hone.core.CancelledException;
import dev.hone.core.Progress;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.input.FileKind;
import dev.hone.jobs.watch.FolderWatch;
import dev.hone.jobs.watch.FolderWatch.Arrival;
import dev.hone.jobs.watch.WatchJournal;
import dev.hone.jobs.watch.WatchOptions;
import dev.hone.model.Classifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Predictions of the images that arrive in a folder, until the work is cancelled. */
final class WatchedPredictions {
    /** So many arrivals are taken at once. */
    private static final int MOST = 256;

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final PredictOptions options;
    private final WatchOptions watching;
    private final Progress progress;
    private final Consumer<PredictResult.Line> listener;

    WatchedPredictions(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        this.options = options;
        this.watching = options.watching();
        this.progress = progress;
        this.listener = listener;
    }

    void run() {
        Path csv = options.csv();
        try (Classifier classifier =
                        options.averaged().open(options.classifier(), options.model(), options.run(), progress);
                ImagePredictor predictor = new ImagePredictor(classifier, true, progress);
                WatchJournal journal = WatchJournal.open(journal());
                PredictionCsv table = csv == null ? null : PredictionCsv.appending(csv, classifier.labels());
                FolderWatch watch = new FolderWatch(
                        watching.watch(), FileKind.IMAGES, null, journal, watching.settleTime(), progress)) {
            progress.info(watching.start(journal, journal()));
            while (!progress.isCancelled()) {
                predict(
                        watch.poll(MOST, WAIT),
                        predictor,
                        line -> {
                            if (table != null) {
                                table.add(line);
                                table.flush();
                            }
                            listener.accept(line);
                        },
                        journal,
                        watch);
            }
        } catch (CancelledException e) {
            if (!progress.isCancelled()) {
                throw e;
            }
        }
    }

    private void predict(
            List<Arrival> arrived,
            ImagePredictor predictor,
            Consumer<PredictResult.Line> lines,
            WatchJournal journal,
            FolderWatch watch) {
        Iterator<Arrival> next = arrived.iterator();
        predictor.predict(arrived.stream().map(Arrival::file).iterator(), line -> {
            Arrival arrival = next.next();
            if (line.error() != null && !arrival.retried()) {
                watch.retry(arrival);
                return;
            }
            lines.accept(line);
            journal.add(arrival.entry());
        });
    }

    private Path journal() {
        Path csv = options.csv();
        return watching.journalOr(
                csv != null
                        ? csv.resolveSibling(csv.getFileName() + ".journal")
                        : watching.journalInCache(DataOptions.defaults().folder(), options.model()));
    }
}
