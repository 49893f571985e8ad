package dev.hone.jobs.quantize;

import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.TrainingData;

/** Opens the data that were named, for one model. */
interface CompressionData extends AutoCloseable {
    CalibrationFeeds calibration();

    /** @throws dev.hone.core.HoneException if the data do not fit the model, before any long work */
    AccuracyGoal goal();

    /** @throws dev.hone.core.HoneException if the data or the model cannot be trained with, before any long work */
    TrainingData training();

    long seed();

    @Override
    void close();
}
