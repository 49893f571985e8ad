package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.Tables;
import dev.hone.jobs.runs.Recorder;

/**
 * Trains a classifier on a data set and writes the model that is best on the validation data. A cancelled run leaves a
 * checkpoint beside the output, from which the same options resume to the same weights.
 */
public final class TrainJob {
    public static final Job<TrainOptions, TrainResult> JOB = new Job<>(
            "train", "Train a classifier on DATA and write it as one ONNX file", TrainOptions.class, TrainJob::run);

    private TrainJob() {}

    /**
     * @throws HoneException if the data or the options do not fit, if training diverges, or if a file cannot be written
     */
    public static TrainResult run(TrainOptions options, Progress progress) {
        return Recorder.beginning(JOB, options, options.history(), options.output(), options.data(), progress)
                .run(progress, TrainResult::finished, heard -> Outputs.holding(options, () -> train(options, heard)));
    }

    private static TrainResult train(TrainOptions options, Progress progress) {
        FoldTraining.requireImages(options);
        if (options.table().target() != null) {
            return new TableTraining(options, progress).run();
        }
        Tables.requireImages(options.data());
        if (options.folds().folds() > 0) {
            return new FoldTraining(options, progress).run();
        }
        return oneModel(options, TrainingImages.open(options, progress), progress);
    }

    /** What the options ask for, or what is best in the time given. */
    static TrainResult oneModel(TrainOptions options, TrainingImages images, Progress progress) {
        return options.isOpen()
                ? new CandidateTraining(options, progress).run(images)
                : new ImageTraining(options, progress).run(images);
    }
}
