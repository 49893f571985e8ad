package dev.hone.jobs.predict;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.Job;
import dev.hone.model.Classifier;
import dev.hone.model.Prediction;
import dev.hone.runtime.NativeTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Classifies images one by one; an image that cannot be read does not stop the others. */
public final class PredictJob {
    public static final Job<PredictOptions, PredictResult> JOB =
            new Job<>("predict", "Classify images", PredictOptions.class, PredictJob::run);

    private PredictJob() {}

    /** Keeps every prediction; for many images, {@link #run(PredictOptions, Progress, Consumer)} keeps none. */
    public static PredictResult run(PredictOptions options, Progress progress) {
        List<PredictResult.Line> lines = new ArrayList<>();
        run(options, progress, lines::add);
        return new PredictResult(lines);
    }

    /**
     * @param listener hears of each image as soon as it is classified
     * @throws HoneException if the model cannot be opened
     */
    public static void run(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        try (Classifier classifier = options.classifier().open(options.model(), options.run(), progress)) {
            for (Path image : options.images()) {
                progress.checkCancelled();
                listener.accept(line(classifier, image));
            }
        }
    }

    private static PredictResult.Line line(Classifier classifier, Path image) {
        long start = System.nanoTime();
        try (NativeTensor tensor = classifier.decode(image)) {
            long decoded = System.nanoTime();
            Prediction prediction = classifier.predictions(tensor).get(0);
            long done = System.nanoTime();
            return new PredictResult.Line(image, prediction, (done - decoded) / 1e6, (done - start) / 1e6, null);
        } catch (HoneException e) {
            return new PredictResult.Line(image, null, Double.NaN, Double.NaN, e.getMessage());
        }
    }
}
