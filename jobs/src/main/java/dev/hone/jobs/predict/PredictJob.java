package dev.hone.jobs.predict;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableData;
import dev.hone.jobs.DataOptions;
import dev.hone.jobs.Job;
import dev.hone.jobs.Tables;
import dev.hone.model.Classifier;
import dev.hone.model.Prediction;
import dev.hone.model.RowClassifier;
import dev.hone.runtime.NativeTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Classifies images one by one, of which one that cannot be read does not stop the others, or the rows of tables. */
public final class PredictJob {
    public static final Job<PredictOptions, PredictResult> JOB =
            new Job<>("predict", "Classify images or rows of a table", PredictOptions.class, PredictJob::run);

    /** Rows that are classified at once. */
    private static final int ROWS = 256;

    private PredictJob() {}

    /** Keeps every prediction; for many images, {@link #run(PredictOptions, Progress, Consumer)} keeps none. */
    public static PredictResult run(PredictOptions options, Progress progress) {
        List<PredictResult.Line> lines = new ArrayList<>();
        run(options, progress, lines::add);
        return new PredictResult(lines);
    }

    /**
     * @param listener hears of each image or row as soon as it is classified
     * @throws HoneException if the model cannot be opened, or a table has not the columns that it takes
     */
    public static void run(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        if (Tables.isCsv(options.inputs().get(0))) {
            rows(options, progress, listener);
            return;
        }
        try (Classifier classifier = options.classifier().open(options.model(), options.run(), progress)) {
            for (Path image : options.inputs()) {
                progress.checkCancelled();
                listener.accept(line(classifier, image));
            }
        }
    }

    private static void rows(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        try (RowClassifier classifier =
                new RowClassifier(options.model(), options.run().session(progress))) {
            for (Path csv : options.inputs()) {
                TableData data = Tables.open(csv, classifier, DataOptions.defaults(), progress);
                int[] all = IntStream.range(0, data.size()).toArray();
                try (BatchSource.Stream batches =
                        TableBatches.of(data, all, ROWS).epoch(0, 0)) {
                    while (batches.hasNext()) {
                        progress.checkCancelled();
                        try (Batch batch = batches.next()) {
                            List<Prediction> predictions = classifier.predictions(batch);
                            for (int i = 0; i < batch.size(); i++) {
                                listener.accept(
                                        PredictResult.Line.ofRow(csv, batch.samples()[i] + 1, predictions.get(i)));
                            }
                        }
                    }
                }
            }
        }
    }

    private static PredictResult.Line line(Classifier classifier, Path image) {
        long start = System.nanoTime();
        try (NativeTensor tensor = classifier.decode(image)) {
            long decoded = System.nanoTime();
            Prediction prediction = classifier.predictions(tensor).get(0);
            long done = System.nanoTime();
            return new PredictResult.Line(image, 0, prediction, (done - decoded) / 1e6, (done - start) / 1e6, null);
        } catch (HoneException e) {
            return new PredictResult.Line(image, 0, null, Double.NaN, Double.NaN, e.getMessage());
        }
    }
}
