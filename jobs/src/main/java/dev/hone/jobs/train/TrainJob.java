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
        if (options.table().target() != null) {
            return new TableTraining(options, progress).run();
        }
        Tables.requireImages(options.data());
        return options.isOpen()
                ? new CandidateTraining(options, progress).run()
                : new ImageTraining(options, progress).run();
    }
}
