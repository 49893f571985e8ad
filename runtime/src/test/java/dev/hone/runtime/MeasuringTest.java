package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeasuringTest {
    /** Against {@code numpy.quantile} with its default method. */
    @Test
    void quantilesEqualNumpys() {
        Quantiles quantiles = new Quantiles(new double[] {7, 1, 3, 9, 4});
        assertThat(quantiles.median()).isEqualTo(4);
        assertThat(quantiles.at(0.95)).isCloseTo(8.6, within(1e-12));
        assertThat(quantiles.at(0.1)).isCloseTo(1.8, within(1e-12));
        assertThat(new Quantiles(new double[] {5}).at(0.99)).isEqualTo(5);
    }

    /** Exact binomial interval: for n = 100, the 40th and the 61st order statistics enclose the median with 95 %. */
    @Test
    void medianIntervalEqualsTheBinomialInterval() {
        double[] ranks = IntStream.rangeClosed(1, 100).asDoubleStream().toArray();
        assertThat(new Quantiles(ranks).medianInterval()).containsExactly(40, 61);
    }

    @Test
    void summarizesTimes() {
        Latency latency = Latency.of(new double[] {4, 2, 6});
        assertThat(latency.p50()).isEqualTo(4);
        assertThat(latency.min()).isEqualTo(2);
        assertThat(latency.mean()).isEqualTo(4);
        assertThat(latency.perSecond(8)).isEqualTo(2000);
    }

    @Test
    void measuresAtLeastTenRuns() {
        int[] calls = {0};
        Latency latency = Latency.measure(() -> calls[0]++, Duration.ZERO);
        assertThat(latency.runs()).isEqualTo(10);
        assertThat(calls[0]).isGreaterThanOrEqualTo(15);
    }

    @Test
    void comparesInAlternatingOrder() {
        StringBuilder order = new StringBuilder();
        PairedComparison pair =
                PairedComparison.compare(() -> order.append('a'), () -> order.append('b'), Duration.ZERO);
        assertThat(pair.a().runs())
                .isGreaterThanOrEqualTo(10)
                .isEqualTo(pair.b().runs());
        assertThat(order.toString()).endsWith("abbaabba");
        assertThat(pair.low()).isLessThanOrEqualTo(pair.ratio());
        assertThat(pair.high()).isGreaterThanOrEqualTo(pair.ratio());
    }

    @Test
    void aSlowerAlternativeHasARatioAboveOne() {
        PairedComparison pair = PairedComparison.compare(() -> sleep(1), () -> sleep(12), Duration.ZERO);
        assertThat(pair.ratio()).isGreaterThan(1);
    }

    private static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void countsPhysicalCores() {
        List<String> info = List.of(
                "physical id\t: 0",
                "core id\t: 0",
                "physical id\t: 0",
                "core id\t: 0",
                "physical id\t: 0",
                "core id\t: 1",
                "physical id\t: 1",
                "core id\t: 0");
        assertThat(CpuInfo.physicalCores(info, 8)).isEqualTo(3);
        assertThat(CpuInfo.physicalCores(info, 2)).isEqualTo(2);
        assertThat(CpuInfo.physicalCores(List.of(), 5)).isEqualTo(5);
    }

    @Test
    void interleavesRuns() {
        StringBuilder order = new StringBuilder();
        double[] times = InterleavedTiming.measure(
                List.of(() -> order.append('a'), () -> order.append('b'), () -> order.append('c')), Duration.ZERO);
        assertThat(times).hasSize(3);
        assertThat(order.toString()).isEqualTo("aaabbbccc" + rounds(8));
    }

    private static String rounds(int count) {
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < count; i++) {
            order.append(i % 2 == 0 ? "aaabbbccc" : "cccbbbaaa");
        }
        return order.toString();
    }

    @Test
    void ignoresOccasionalSlowRuns() {
        int[] calls = {0};
        double[] times = InterleavedTiming.measure(
                List.of(() -> sleep(calls[0]++ % 4 == 0 ? 12 : 1), () -> sleep(4)), Duration.ZERO);
        assertThat(times[0]).isLessThan(times[1]);
    }
}
