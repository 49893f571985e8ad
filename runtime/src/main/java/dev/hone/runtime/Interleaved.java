package dev.hone.runtime;

import java.time.Duration;
import java.util.List;

/** Several ways to do the same, timed in turn, so that whatever else the machine does hits all alike. */
public final class Interleaved {
    private static final int FEWEST_ROUNDS = 8;
    private static final int MOST_ROUNDS = 60;
    private static final int WARM_UP = 3;

    /** Disturbances only add: what a run takes when nothing disturbs it lies at the lower end of the times. */
    private static final double QUANTILE = 0.2;

    private Interleaved() {}

    /**
     * Warms all up, then times them in rounds of one run each, every other round in the opposite order.
     *
     * @param budget for the rounds, of which there are eight at least and sixty at most
     * @return milliseconds of each, the 20 % quantile over its rounds
     */
    public static double[] measure(List<? extends Runnable> runs, Duration budget) {
        for (Runnable run : runs) {
            for (int i = 0; i < WARM_UP; i++) {
                run.run();
            }
        }
        double[][] times = new double[runs.size()][MOST_ROUNDS];
        long end = System.nanoTime() + budget.toNanos();
        int rounds = 0;
        while (rounds < FEWEST_ROUNDS || rounds < MOST_ROUNDS && System.nanoTime() < end) {
            for (int i = 0; i < runs.size(); i++) {
                int which = rounds % 2 == 0 ? i : runs.size() - 1 - i;
                times[which][rounds] = Latency.time(runs.get(which));
            }
            rounds++;
        }
        double[] result = new double[runs.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = new Quantiles(java.util.Arrays.copyOf(times[i], rounds)).at(QUANTILE);
        }
        return result;
    }
}
