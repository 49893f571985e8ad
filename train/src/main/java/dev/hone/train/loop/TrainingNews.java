package dev.hone.train.loop;

import dev.hone.core.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Tells a job's progress how training goes. */
public class TrainingNews implements TrainingListener {
    private final Progress progress;
    private final String unit;
    private int stepsPerEpoch;
    private int epochs;
    private double average = Double.NaN;

    /** @param unit what samples are called: images, rows or samples */
    public TrainingNews(Progress progress, String unit) {
        this.progress = progress;
        this.unit = unit;
    }

    @Override
    public void started(int doneEpochs, int plannedEpochs, int steps) {
        stepsPerEpoch = steps;
        epochs = plannedEpochs;
        progress.started("training", (long) plannedEpochs * steps);
        progress.advanced((long) doneEpochs * steps);
    }

    @Override
    public void step(int epoch, int step, float loss) {
        average = Double.isNaN(average) ? loss : 0.98 * average + 0.02 * loss;
        progress.detail(String.format(Locale.ROOT, "loss %.3f", average));
        progress.advanced((epoch - 1L) * stepsPerEpoch + step);
    }

    @Override
    public void epoch(History.Epoch done, boolean best) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("training loss", done.loss());
        done.metrics().forEach((name, value) -> values.put("training " + name, value));
        done.validation().forEach((name, value) -> values.put("validation " + name, value));
        values.put("learning rate", done.rate());
        values.put(unit + " per second", done.samplesPerSecond());
        progress.measured(done.epoch(), values);
        if (done.validated()) {
            progress.info(String.format(
                    Locale.ROOT,
                    "epoch %d/%d  loss %.3f  validation: loss %.3f, accuracy %.1f %%, macro F1 %.1f %%, ROC AUC %.3f  %.0f %s/s%s",
                    done.epoch(),
                    epochs,
                    done.loss(),
                    done.validationLoss(),
                    100 * done.validationAccuracy(),
                    100 * done.validationMacroF1(),
                    done.validation(Validation.AUC),
                    done.samplesPerSecond(),
                    unit,
                    best ? "  best" : ""));
        }
    }

    @Override
    public void limitTooShort(double epochSeconds) {
        progress.warning(String.format(
                Locale.ROOT,
                "one epoch takes about %.0f seconds, longer than the time limit: not all samples are seen once",
                epochSeconds));
    }

    @Override
    public void resumed(Path checkpoint, int doneEpochs, boolean finished) {
        progress.info(
                finished
                        ? "continuing the finished run of " + checkpoint + " after epoch " + doneEpochs
                        : "resuming from " + checkpoint);
    }

    @Override
    public void checkpointFailed(String why) {
        progress.warning(why);
    }

    @Override
    public boolean isCancelled() {
        return progress.isCancelled();
    }
}
