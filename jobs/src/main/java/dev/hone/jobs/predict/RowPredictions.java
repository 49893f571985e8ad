package dev.hone.jobs.predict;

import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableData;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.Tables;
import dev.hone.jobs.input.FileKind;
import dev.hone.jobs.input.FoundFile;
import dev.hone.jobs.input.InputFiles;
import dev.hone.model.Prediction;
import dev.hone.model.RowClassifier;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Predictions of the rows of the tables that inputs name. */
final class RowPredictions {
    /** Rows that are classified at once. */
    private static final int ROWS = 256;

    private final PredictOptions options;
    private final Progress progress;
    private final Consumer<PredictResult.Line> listener;

    RowPredictions(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        this.options = options;
        this.progress = progress;
        this.listener = listener;
    }

    void run() {
        if (FileKind.TABLES.matches(options.inputs().get(0))) {
            Tables.requireRows(options.model(), options.inputs().get(0));
        }
        InputFiles inputs = new InputFiles(options.inputs(), FileKind.TABLES, options.csv());
        inputs.count().notices().forEach(progress::warning);
        Path csv = options.csv();
        try (RowClassifier classifier = open();
                PredictionCsv table = csv == null
                        ? null
                        : PredictionCsv.whole(csv, true, classifier.schema().classes())) {
            for (FoundFile file : inputs) {
                predict(file.file(), classifier, line -> {
                    if (table != null) {
                        table.add(line);
                    }
                    listener.accept(line);
                });
            }
            if (table != null) {
                table.commit();
            }
        }
    }

    private RowClassifier open() {
        Path first = options.inputs().get(0);
        return FileKind.TABLES.matches(first)
                ? Tables.classifier(options.model(), first, options.run().session(progress))
                : new RowClassifier(options.model(), options.run().session(progress));
    }

    private void predict(Path csv, RowClassifier classifier, Consumer<PredictResult.Line> lines) {
        TableData data = Tables.open(csv, classifier, DataOptions.defaults(), progress);
        int[] all = IntStream.range(0, data.size()).toArray();
        progress.started("predicting", all.length);
        int done = 0;
        try (BatchSource.Stream batches = TableBatches.of(data, all, ROWS).epoch(0, 0)) {
            while (batches.hasNext()) {
                progress.checkCancelled();
                try (Batch batch = batches.next()) {
                    List<Prediction> predictions = classifier.predictions(batch);
                    for (int i = 0; i < batch.size(); i++) {
                        lines.accept(PredictResult.Line.ofRow(csv, batch.samples()[i] + 1, predictions.get(i)));
                    }
                    done += batch.size();
                    progress.advanced(done);
                }
            }
        }
        progress.finished();
    }
}
