package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RegionRelianceTest {
    @Test
    void saysWhetherPredictionsRestOnARegion() {
        RegionReliance watermark = of("a corner", 0.5, 0.7, 0.6);
        assertThat(watermark.share()).isCloseTo(0.6, within(1e-12));
        // The deviation is 0.1, of three images.
        assertThat(watermark.standardError()).isCloseTo(0.1 / Math.sqrt(3), within(1e-12));
        assertThat(watermark.notable()).isTrue();
        assertThat(watermark.sentence())
                .startsWith("Predictions rest on a corner: it has 60 %")
                .contains("2.4 times its share of the area (25.0 %, 3 images)");

        RegionReliance even = of("a corner", 0.25, 0.3);
        assertThat(even.notable()).isFalse();
        assertThat(even.sentence()).startsWith("Predictions do not rest on a corner");
        // Above, but so uneven over images that it may be chance.
        assertThat(of("it", 0.1, 0.9).notable()).isFalse();
    }

    /** Every map of length 1, so that the ratio is the mean and its error that of a mean. */
    private static RegionReliance of(String region, double... shares) {
        double[] ones = new double[shares.length];
        double[] areas = new double[shares.length];
        Arrays.fill(ones, 1);
        Arrays.fill(areas, 0.25);
        return RegionReliance.of(region, shares, ones, ones, areas);
    }

    /**
     * Attributions of 2 on a tenth of the image and 1 elsewhere: 4 of 13 of the squares are there. The noise is twice as
     * large; its squares alone would leave (4 + 4) / (4 + 4 + 9 * 5) = 0.15 of them.
     */
    @Test
    void noiseDoesNotDrawTheShareTowardsTheArea() {
        int elements = 1000;
        int images = 60;
        boolean[] region = new boolean[elements];
        Arrays.fill(region, 0, elements / 10, true);
        SplittableRandom random = new SplittableRandom(5);
        float[] errors = new float[elements];
        Arrays.fill(errors, 2);
        double[] on = new double[images];
        double[] all = new double[images];
        double[] weights = new double[images];
        double[] areas = new double[images];
        Arrays.fill(areas, 0.1);
        for (int i = 0; i < images; i++) {
            // Images of different scores have attributions of different sizes.
            float size = 1 + i % 3;
            float[] map = new float[elements];
            float[] scaledErrors = new float[elements];
            for (int k = 0; k < elements; k++) {
                map[k] = (float) (size * ((region[k] ? 2 : 1) + errors[k] * random.nextGaussian()));
                scaledErrors[k] = size * errors[k];
            }
            on[i] = RegionReliance.squares(map, scaledErrors, region);
            all[i] = RegionReliance.squares(map, scaledErrors, null);
            weights[i] = 1 / RegionReliance.squares(map, new float[elements], null);
        }
        RegionReliance reliance = RegionReliance.of("it", on, all, weights, areas);
        assertThat(reliance.standardError()).isBetween(0.005, 0.03);
        assertThat(reliance.share()).isCloseTo(4 / 13.0, within(3 * reliance.standardError()));
        assertThat(reliance.share() - 3 * reliance.standardError()).isGreaterThan(0.15);
        assertThat(reliance.notable()).isTrue();
    }

    @Test
    void aRegionIsThatOfEveryChannel() {
        float[] twoChannels = {1, 2, 3, 4};
        boolean[] left = {true, false};
        assertThat(RegionReliance.squares(twoChannels, new float[4], left)).isEqualTo(1 + 9);
        assertThat(RegionReliance.squares(twoChannels, new float[] {0, 9, 2, Float.NaN}, left))
                .isEqualTo(1 + 9 - 4);
        assertThat(RegionReliance.squares(twoChannels, new float[4], null)).isEqualTo(30);
    }

    @Test
    void nothingIsSaidOfNoise() {
        RegionReliance noise =
                RegionReliance.of("it", new double[] {1}, new double[] {-1}, new double[] {1}, new double[] {0.1});
        assertThat(noise.share()).isNaN();
        assertThat(noise.notable()).isFalse();
        assertThat(noise.sentence()).contains("nothing can be said");
    }
}
