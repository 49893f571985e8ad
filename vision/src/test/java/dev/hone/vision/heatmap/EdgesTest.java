package dev.hone.vision.heatmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EdgesTest {
    /** The Sobel response to a ramp of slope 1 is 8 in any direction, and 0 on a plane. */
    @Test
    void rampHasEightTimesItsSlope() {
        float[] ramp = new float[2 * 6 * 5];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = 3 * (i % 5) + 4 * (i / 5 % 6);
        }
        float[] edges = Edges.sobel(ramp, 2, 6, 5).values();
        for (int y = 1; y < 5; y++) {
            for (int x = 1; x < 4; x++) {
                assertThat((double) edges[y * 5 + x]).isCloseTo(8 * 5, within(1e-4));
            }
        }
        assertThat(edges[0]).isLessThan(40f).isPositive();
        assertThat(Edges.sobel(new float[12], 1, 3, 4).values()).containsOnly(0);
    }
}
