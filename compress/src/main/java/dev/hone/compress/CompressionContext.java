package dev.hone.compress;

import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.runtime.SessionOptions;
import java.time.Duration;

/**
 * What a compression may use beside the model. A component that is null was not given; what a compression cannot do
 * without, it says by {@link Compression#calibration} and {@link Compression#trains}.
 *
 * @param calibration inputs as the model will see them in use, or null
 * @param goal what the model may lose and the metric that tells, or null
 * @param training labelled batches, or null
 * @param session device and threads, for running models and for measuring their speed
 * @param progress hears of the work and may cancel it
 * @param timeLimit after which searching and training should end, or null
 * @param seed of everything random
 */
public record CompressionContext(
        CalibrationFeeds calibration,
        AccuracyGoal goal,
        TrainingData training,
        SessionOptions session,
        Progress progress,
        Duration timeLimit,
        long seed) {

    /** No data, all cores, no news, seed 1. */
    public static CompressionContext defaults() {
        return new CompressionContext(null, null, null, SessionOptions.defaults(), Progress.NONE, null, 1);
    }

    public CompressionContext withCalibration(CalibrationFeeds value) {
        return new CompressionContext(value, goal, training, session, progress, timeLimit, seed);
    }

    public CompressionContext withGoal(AccuracyGoal value) {
        return new CompressionContext(calibration, value, training, session, progress, timeLimit, seed);
    }

    public CompressionContext withTraining(TrainingData value) {
        return new CompressionContext(calibration, goal, value, session, progress, timeLimit, seed);
    }

    public CompressionContext withSession(SessionOptions value) {
        return new CompressionContext(calibration, goal, training, value, progress, timeLimit, seed);
    }

    public CompressionContext withProgress(Progress value) {
        return new CompressionContext(calibration, goal, training, session, value, timeLimit, seed);
    }

    public CompressionContext withTimeLimit(Duration value) {
        return new CompressionContext(calibration, goal, training, session, progress, value, seed);
    }

    public CompressionContext withSeed(long value) {
        return new CompressionContext(calibration, goal, training, session, progress, timeLimit, value);
    }

    /** Calibration data in batches as a model takes them, or null; before each batch the progress may cancel the work. */
    public CalibrationFeeds calibration(Model model) {
        return calibration == null ? null : calibration.fitting(model).cancelledBy(progress);
    }

    /** @throws CompressionException if no calibration data were given */
    public CalibrationFeeds requireCalibration(Model model, String what) {
        if (calibration == null) {
            throw new CompressionException(what + " needs calibration data, and none were given");
        }
        return calibration(model);
    }
}
