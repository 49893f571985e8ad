package dev.hone.runtime;

import java.time.Duration;
import java.util.Locale;

/**
 * Latency of one run, in milliseconds.
 *
 * @param runs number of timed runs, after warm-up
 */
public record Latency(int runs, double p50, double p95, double p99, double min, double mean) {
    private static final int FEWEST_RUNS = 10;
    private static final int WARM_UP_WINDOW = 5;
    private static final double STABLE = 0.05;

    /**
     * Warms up until the time is stable, then times consecutive runs for the given time, at least ten.
     *
     * @param budget time for the timed runs; the warm-up takes at most as long again
     */
    public static Latency measure(Runnable run, Duration budget) {
        warmUp(run, budget);
        Times sample = new Times();
        long end = System.nanoTime() + budget.toNanos();
        do {
            sample.add(time(run));
        } while (System.nanoTime() < end || sample.size() < FEWEST_RUNS);
        return of(sample.values());
    }

    /** Summarizes times measured elsewhere, in milliseconds. */
    public static Latency of(double[] milliseconds) {
        Quantiles quantiles = new Quantiles(milliseconds);
        return new Latency(
                milliseconds.length,
                quantiles.median(),
                quantiles.at(0.95),
                quantiles.at(0.99),
                quantiles.at(0),
                java.util.Arrays.stream(milliseconds).average().orElseThrow());
    }

    /** Runs until the fastest of five runs is within 5 % of the fastest of the previous five, or the time is up. */
    static void warmUp(Runnable run, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        double before = Double.POSITIVE_INFINITY;
        do {
            double fastest = Double.POSITIVE_INFINITY;
            for (int i = 0; i < WARM_UP_WINDOW; i++) {
                fastest = Math.min(fastest, time(run));
            }
            if (Math.abs(fastest - before) <= STABLE * before) {
                return;
            }
            before = fastest;
        } while (System.nanoTime() < end);
    }

    static double time(Runnable run) {
        long start = System.nanoTime();
        run.run();
        return (System.nanoTime() - start) / 1e6;
    }

    /** Throughput in images per second at the median latency, for runs of {@code batch} images. */
    public double perSecond(int batch) {
        return batch * 1e3 / p50;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p50 %.3f ms, p95 %.3f ms, p99 %.3f ms (%d runs)", p50, p95, p99, runs);
    }

    /** A growing list of numbers. */
    static final class Times {
        private double[] values = new double[256];
        private int size;

        void add(double value) {
            if (size == values.length) {
                values = java.util.Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int size() {
            return size;
        }

        double[] values() {
            return java.util.Arrays.copyOf(values, size);
        }
    }
}
