package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RelianceTest {
    @Test
    void saysWhetherVerdictsRestOnARegion() {
        boolean[] corner = {true, false, false, false};
        assertThat(Reliance.share(new float[] {3, -1, 0, 2}, corner)).isEqualTo(0.5);
        assertThat(Reliance.share(new float[4], corner)).isZero();

        Reliance watermark = Reliance.of("a corner", new double[] {0.5, 0.7, 0.6}, new double[] {0.25, 0.25, 0.25});
        assertThat(watermark.share()).isCloseTo(0.6, within(1e-12));
        // The deviation is 0.1, of three images.
        assertThat(watermark.standardError()).isCloseTo(0.1 / Math.sqrt(3), within(1e-12));
        assertThat(watermark.notable()).isTrue();
        assertThat(watermark.sentence())
                .startsWith("Verdicts rest on a corner: 60 %")
                .contains("2.4 times its 25.0 %");

        Reliance even = Reliance.of("a corner", new double[] {0.25, 0.3}, new double[] {0.25, 0.25});
        assertThat(even.notable()).isFalse();
        assertThat(even.sentence()).startsWith("Verdicts do not rest on a corner");
        // Above, but so uneven over images that it may be chance.
        assertThat(Reliance.of("it", new double[] {0.1, 0.9}, new double[] {0.25, 0.25})
                        .notable())
                .isFalse();
    }
}
