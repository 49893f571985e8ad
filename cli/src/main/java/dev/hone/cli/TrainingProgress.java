package dev.hone.cli;

import dev.hone.train.loop.History;
import java.util.Locale;

/** A bar over the steps of training and a line per validated epoch; knows when the user wants to stop. */
final class TrainingProgress implements dev.hone.train.loop.Progress, AutoCloseable {
    private Bar bar;
    private int stepsPerEpoch;
    private int epochs;
    private volatile boolean stop;
    private double average = Double.NaN;

    void stop() {
        stop = true;
    }

    @Override
    public void started(int doneEpochs, int plannedEpochs, int steps) {
        stepsPerEpoch = steps;
        epochs = plannedEpochs;
        if (bar != null) {
            bar.close();
        }
        bar = new Bar("training", (long) plannedEpochs * steps);
        bar.to((long) doneEpochs * steps);
    }

    @Override
    public void step(int epoch, int step, float loss) {
        average = Double.isNaN(average) ? loss : 0.98 * average + 0.02 * loss;
        bar.note(String.format(Locale.ROOT, "loss %.3f", average));
        bar.to((epoch - 1L) * stepsPerEpoch + step);
    }

    @Override
    public void epoch(History.Epoch done, boolean best) {
        if (done.validated()) {
            System.err.printf(
                    Locale.ROOT,
                    "epoch %d/%d  loss %.3f  validation: loss %.3f, accuracy %.1f %%, macro F1 %.1f %%  %.0f images/s%s%n",
                    done.epoch(),
                    epochs,
                    done.loss(),
                    done.validationLoss(),
                    100 * done.validationAccuracy(),
                    100 * done.validationMacroF1(),
                    done.imagesPerSecond(),
                    best ? "  best" : "");
        }
    }

    @Override
    public void checkpointFailed(String why) {
        System.err.println("note: " + why);
    }

    @Override
    public boolean stopRequested() {
        return stop;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
