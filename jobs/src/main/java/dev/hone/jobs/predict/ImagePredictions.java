package dev.hone.jobs.predict;

import dev.hone.core.Progress;
import dev.hone.jobs.input.FileKind;
import dev.hone.jobs.input.FoundFile;
import dev.hone.jobs.input.InputFiles;
import dev.hone.model.Classifier;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** Predictions of the images that inputs name. */
final class ImagePredictions {
    private final PredictOptions options;
    private final Progress progress;
    private final Consumer<PredictResult.Line> listener;

    ImagePredictions(PredictOptions options, Progress progress, Consumer<PredictResult.Line> listener) {
        this.options = options;
        this.progress = progress;
        this.listener = listener;
    }

    void run() {
        InputFiles inputs = new InputFiles(options.inputs(), FileKind.IMAGES, options.csv());
        InputFiles.Count count = inputs.count();
        count.notices().forEach(progress::warning);
        Path csv = options.csv();
        try (Classifier classifier =
                        options.averaged().open(options.classifier(), options.model(), options.run(), progress);
                ImagePredictor predictor = new ImagePredictor(classifier, count.files() > 1, progress);
                PredictionCsv table = csv == null ? null : PredictionCsv.whole(csv, false, classifier.labels())) {
            progress.started("predicting", count.files());
            Iterator<Path> files = StreamSupport.stream(inputs.spliterator(), false)
                    .map(FoundFile::file)
                    .iterator();
            long[] done = {0};
            predictor.predict(files, line -> {
                if (table != null) {
                    table.add(line);
                }
                listener.accept(line);
                progress.advanced(++done[0]);
            });
            if (table != null) {
                table.commit();
            }
            progress.finished();
        }
    }
}
