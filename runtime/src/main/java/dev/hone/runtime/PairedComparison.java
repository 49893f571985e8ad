package dev.hone.runtime;

import java.time.Duration;
import java.util.Locale;

/**
 * Compares two alternatives by alternating runs, so that other load on the machine affects both equally.
 *
 * @param ratio median of {@code time of b / time of a} over adjacent runs; below 1, b is faster
 * @param low lower end of the 95 % confidence interval of the ratio
 * @param high upper end of the interval
 */
public record PairedComparison(Latency a, Latency b, double ratio, double low, double high) {
    private static final int FEWEST_PAIRS = 10;

    /**
     * Warms up both, then times them in the order a b, b a, a b, ... for the given time, at least ten pairs.
     *
     * @param budget time for the timed runs; each warm-up takes at most half as long
     */
    public static PairedComparison compare(Runnable a, Runnable b, Duration budget) {
        Latency.warmUp(a, budget.dividedBy(2));
        Latency.warmUp(b, budget.dividedBy(2));
        Latency.Times timesA = new Latency.Times();
        Latency.Times timesB = new Latency.Times();
        Latency.Times ratios = new Latency.Times();
        long end = System.nanoTime() + budget.toNanos();
        do {
            boolean aFirst = ratios.size() % 2 == 0;
            double first = Latency.time(aFirst ? a : b);
            double second = Latency.time(aFirst ? b : a);
            double timeA = aFirst ? first : second;
            double timeB = aFirst ? second : first;
            timesA.add(timeA);
            timesB.add(timeB);
            ratios.add(timeB / timeA);
        } while (System.nanoTime() < end || ratios.size() < FEWEST_PAIRS);
        Quantiles quantiles = new Quantiles(ratios.values());
        double[] interval = quantiles.medianInterval();
        return new PairedComparison(
                Latency.of(timesA.values()), Latency.of(timesB.values()), quantiles.median(), interval[0], interval[1]);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%.3f ms against %.3f ms, ratio %.3f (%.3f to %.3f)", b.p50(), a.p50(), ratio, low, high);
    }
}
