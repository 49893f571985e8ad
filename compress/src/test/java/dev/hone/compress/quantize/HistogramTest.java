package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
    /** Whatever the order in which magnitudes arrive, counts are those of bins of the final width. */
    @Test
    void countsAsIfTheFinalWidthHadBeenKnown() {
        Random random = new Random(1);
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, 3.0 * i / values.length));
        }
        Histogram histogram = new Histogram();
        for (int at = 0; at < values.length; at += 500) {
            assertThat(histogram.add(Arrays.copyOfRange(values, at, at + 500))).isEqualTo(-1);
        }
        long[] expected = new long[2 * Histogram.SIDE];
        for (float value : values) {
            expected[Histogram.SIDE + (int) Math.floor(value / histogram.width())]++;
        }
        for (int i = -Histogram.SIDE; i < Histogram.SIDE; i++) {
            assertThat(histogram.count(i)).as("bin %d", i).isEqualTo(expected[Histogram.SIDE + i]);
        }
        assertThat(histogram.total()).isEqualTo(values.length);
        double largest = Math.max(-histogram.min(), histogram.max());
        assertThat(largest / histogram.width()).isBetween(Histogram.SIDE / 4.0, (double) Histogram.SIDE);
    }

    @Test
    void knowsWhereItsValuesAre() {
        Histogram histogram = new Histogram();
        histogram.add(new float[] {-0.5f, 0, 2});
        assertThat(histogram.everything()).isEqualTo(new Range(-0.5, 2));
        assertThat(histogram.count(histogram.first())).isEqualTo(1);
        assertThat(histogram.count(histogram.end() - 1)).isEqualTo(1);
    }

    @Test
    void zerosAloneNeedNoWidth() {
        Histogram histogram = new Histogram();
        histogram.add(new float[5]);
        assertThat(histogram.width()).isZero();
        assertThat(histogram.zeros()).isEqualTo(5);
        histogram.add(new float[] {1, 0, -0f});
        assertThat(histogram.count(0)).isZero();
        assertThat(histogram.zeros()).isEqualTo(7);
        assertThat(histogram.total()).isEqualTo(8);
    }

    @Test
    void findsWhatIsNotFinite() {
        Histogram histogram = new Histogram();
        assertThat(histogram.add(new float[] {1, 2, Float.NaN})).isEqualTo(2);
        assertThat(histogram.add(new float[] {Float.NEGATIVE_INFINITY})).isZero();
    }

    /** A tensor without elements leaves nothing behind; any scale is right for it. */
    @Test
    void theRangeOfNothingIsZero() {
        Histogram histogram = new Histogram();
        histogram.add(new float[0]);
        assertThat(histogram.everything()).isEqualTo(new Range(0, 0));
    }
}
