package dev.hone.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Times several alternatives in turn, so that other load on the machine affects all of them equally. */
public final class InterleavedTiming {
    private static final int FEWEST_ROUNDS = 8;
    private static final int COUNTED = 2;
    private static final int WARM_UP = 3;

    /** Other load only adds time, so the undisturbed time is near the lower end of the distribution. */
    private static final double QUANTILE = 0.1;

    private InterleavedTiming() {}

    /**
     * Warms up all alternatives, then times them in rounds; every second round uses the reverse order. In each round an
     * alternative runs three times in a row; the first run, with cold caches, is not counted.
     *
     * @param budget time for the rounds, of which there are at least eight
     * @return milliseconds of each alternative: the 10 % quantile of its times
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
