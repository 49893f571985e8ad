package dev.hone.jobs.predict;

import dev.hone.core.Progress;
import dev.hone.jobs.input.FileKind;
import dev.hone.jobs.input.FoundFile;
import dev.hone.jobs.input.InputFiles;
import dev.hone.model.Classifier;
import dev.hone.model.ImageInput;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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
        try (Classifier classifier = options.classifier().open(options.model(), options.run(), progress);
                ImagePredictor predictor =
                        new ImagePredictor(options.model(), classifier, count.files() > 1, progress);
                PredictionCsv table = csv == null ? null : PredictionCsv.whole(csv, false, labels(classifier))) {
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

    /** Of the model's classes; numbers where it names none; none where it does not say how many there are. */
    static List<String> labels(Classifier classifier) {
        ImageInput input = classifier.input();
        if (input.labels() != null) {
            return input.labels();
        }
        long classes = classifier.session().outputs().stream()
                .filter(output -> output.name().equals(input.scores()))
                .findFirst()
                .orElseThrow()
                .dims()[1];
        return IntStream.range(0, (int) Math.max(0, classes))
                .mapToObj(Integer::toString)
                .toList();
    }
}
