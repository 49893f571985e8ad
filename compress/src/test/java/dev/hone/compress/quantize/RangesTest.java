package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against numbers that {@code calibration.py} computed with numpy and scipy. */
class RangesTest {
    /** @param value the mean squared error or the divergence */
    record Reference(String set, String method, double low, double high, double value) {}

    static List<Reference> references() {
        return new String(resource("calibration.csv"), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(","))
                .map(f -> new Reference(
                        f[0], f[1], Double.parseDouble(f[2]), Double.parseDouble(f[3]), Double.parseDouble(f[4])))
                .toList();
    }

    private static byte[] resource(String name) {
        try (var in = RangesTest.class.getResourceAsStream("/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static float[] values(String set) {
        ByteBuffer bytes = ByteBuffer.wrap(resource(set + ".f32")).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static Histogram histogram(String set) {
        Histogram histogram = new Histogram();
        histogram.add(values(set));
        return histogram;
    }

    @ParameterizedTest
    @MethodSource("references")
    void agreesWithTheReference(Reference reference) {
        Histogram histogram = histogram(reference.set());
        String method = reference.method().split(" ")[0];
        switch (method) {
            case "percentile" -> {
                double percent = Double.parseDouble(reference.method().split(" ")[1]);
                Range range = Ranges.choose(histogram, CalibrationMethod.PERCENTILE, percent);
                // Whole bins here, interpolation between sorted values there.
                double gap = 0.02 * histogram.everything().width();
                assertThat(range.low()).isCloseTo(reference.low(), within(gap));
                assertThat(range.high()).isCloseTo(reference.high(), within(gap));
            }
            case "mean" -> {
                Range range = Ranges.choose(histogram, CalibrationMethod.MEAN_SQUARED_ERROR, 0);
                assertThat(squaredError(values(reference.set()), range)).isLessThan(1.01 * reference.value());
            }
            case "divergence" ->
                assertThat(Ranges.divergence(histogram, new Range(reference.low(), reference.high())))
                        .isCloseTo(reference.value(), within(1e-9));
            default -> throw new AssertionError(method);
        }
    }

    /** On the values themselves, without a histogram. */
    private static double squaredError(float[] values, Range range) {
        Scale scale = Scale.of(range);
        double sum = 0;
        for (float value : values) {
            double error = value - scale.dequantize(scale.quantize(value));
            sum += error * error;
        }
        return sum / values.length;
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-sided", "two-sided"})
    void entropyFindsASmallerDivergenceThanAnyReferenceRange(String set) {
        Histogram histogram = histogram(set);
        Range range = Ranges.choose(histogram, CalibrationMethod.ENTROPY, 0);
        double least = references().stream()
                .filter(r -> r.set().equals(set) && r.method().equals("divergence"))
                .mapToDouble(Reference::value)
                .min()
                .orElseThrow();
        assertThat(Ranges.divergence(histogram, range)).isLessThanOrEqualTo(least);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one-sided", "two-sided"})
    void minMaxKeepsEverything(String set) {
        double low = 0;
        double high = 0;
        for (float value : values(set)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        assertThat(Ranges.choose(histogram(set), CalibrationMethod.MIN_MAX, 0)).isEqualTo(new Range(low, high));
    }

    /** A range that holds none of the values loses all information, and is not chosen. */
    @Test
    void valuesOfOneSignAwayFromZeroHaveARangeThatHoldsThem() {
        for (float sign : new float[] {1, -1}) {
            float[] values = new float[1000];
            for (int i = 0; i < values.length; i++) {
                values[i] = sign * (2 + i / 1000f);
            }
            Histogram histogram = new Histogram();
            histogram.add(values);
            Range range = Ranges.choose(histogram, CalibrationMethod.ENTROPY, 0);
            assertThat(Math.abs(sign > 0 ? range.high() : range.low())).isGreaterThan(2);
        }
    }
}
