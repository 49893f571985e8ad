package dev.hone.train.loop;

import dev.hone.train.step.Stepper;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a run is: what stands in its checkpoint beside weights and identity. */
final class RunState {
    private final History history;
    private final Map<String, Double> metricSums = new LinkedHashMap<>();
    private double lossSum;
    private int epoch;
    private int inEpoch;
    private int planned;
    private long restart;
    private double restartSeconds;
    private int sinceBest;

    RunState(History history) {
        this.history = history;
    }

    History history() {
        return history;
    }

    /** Epochs done, those included that a time limit cut short. */
    int epoch() {
        return epoch;
    }

    /** Steps done of the epoch that is under way. */
    int inEpoch() {
        return inEpoch;
    }

    /** Epochs that were planned at first, or later where more fitted then. */
    int planned() {
        return planned;
    }

    /** The step at which a finished run went on, 0 if it did not. */
    long restart() {
        return restart;
    }

    /** The seconds of a time limit after which a finished run went on, 0 if it did not. */
    double restartSeconds() {
        return restartSeconds;
    }

    /** Validations since the best one. */
    int sinceBest() {
        return sinceBest;
    }

    void plan(int epochs) {
        planned = Math.max(planned, epochs);
    }

    void add(Stepper.Result step) {
        inEpoch++;
        lossSum += step.loss();
        step.metrics().forEach((name, value) -> metricSums.merge(name, (double) value, Double::sum));
    }

    /**
     * The epoch that is under way is done.
     *
     * @param measured by the validation, empty if there was none
     * @return what stands in the history about it
     */
    History.Epoch finishEpoch(double rate, Map<String, Double> measured, double samplesPerSecond) {
        int steps = inEpoch;
        Map<String, Double> metrics = new LinkedHashMap<>();
        metricSums.forEach((name, sum) -> metrics.put(name, sum / steps));
        History.Epoch done = new History.Epoch(epoch + 1, lossSum / steps, metrics, rate, measured, samplesPerSecond);
        history.add(done);
        epoch++;
        inEpoch = 0;
        lossSum = 0;
        metricSums.clear();
        if (done.validated()) {
            sinceBest = history.best() == done ? 0 : sinceBest + 1;
        }
        return done;
    }

    /** A finished run gets patience and plans anew. */
    void restore(Checkpoint saved) {
        boolean finished = saved.finished();
        epoch = saved.epoch();
        inEpoch = saved.inEpoch();
        restart = finished ? saved.step() : saved.restart();
        restartSeconds = finished ? saved.seconds() : saved.restartSeconds();
        planned = finished ? 0 : saved.planned();
        sinceBest = finished ? 0 : saved.sinceBest();
        lossSum = saved.lossSum();
        metricSums.putAll(saved.metricSums());
        saved.history().forEach(history::add);
    }

    double lossSum() {
        return lossSum;
    }

    Map<String, Double> metricSums() {
        return metricSums;
    }
}
