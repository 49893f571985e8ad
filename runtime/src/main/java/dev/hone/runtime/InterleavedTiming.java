package dev.hone.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Several ways to do the same, timed in turn, so that whatever else the machine does hits all alike. */
public final class InterleavedTiming {
    private static final int FEWEST_ROUNDS = 8;
    private static final int COUNTED = 2;
    private static final int WARM_UP = 3;

    /** Disturbances only add: what a run takes when nothing disturbs it lies at the lower end of the times. */
    private static final double QUANTILE = 0.1;

    private InterleavedTiming() {}

    /**
     * Warms all up, then times them in rounds, every other round in the opposite order. In a round each runs three times
     * in a row; the first run, which finds the caches full of the others' data, does not count.
     *
     * @param budget for the rounds, of which there are at least eight
     * @return milliseconds of each, the 10 % quantile over its rounds
     */
    public static double[] measure(List<? extends Runnable> runs, Duration budget) {
        List<Latency.Times> samples = new ArrayList<>();
        for (Runnable run : runs) {
            samples.add(new Latency.Times());
            for (int i = 0; i < WARM_UP; i++) {
                run.run();
            }
        }
        long end = System.nanoTime() + budget.toNanos();
        for (int round = 0; round < FEWEST_ROUNDS || System.nanoTime() < end; round++) {
            for (int i = 0; i < runs.size(); i++) {
                int which = round % 2 == 0 ? i : runs.size() - 1 - i;
                runs.get(which).run();
                for (int k = 0; k < COUNTED; k++) {
                    samples.get(which).add(Latency.time(runs.get(which)));
                }
            }
        }
        return samples.stream()
                .mapToDouble(s -> new Quantiles(s.values()).at(QUANTILE))
                .toArray();
    }
}
