package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RegionSquaresTest {
    private static final boolean[] LEFT = {true, true, false, false, false, false, false, false};

    /** Alone on the left, and a hundred times as large alone on the right. */
    @Test
    void everyImageCountsTheSame() {
        RegionSquares squares = new RegionSquares();
        assertThat(squares.isEmpty()).isTrue();
        squares.add(new float[] {1, -2, 0, 0, 0, 0, 0, 0}, new float[8], LEFT);
        squares.add(new float[] {0, 0, 100, 300, 0, 0, 0, 0}, new float[8], LEFT);
        squares.add(new float[8], new float[8], LEFT);
        RegionReliance reliance = squares.reliance("the left");
        assertThat(reliance.share()).isCloseTo(0.5, within(1e-9));
        assertThat(reliance.area()).isEqualTo(0.25);
    }

    /** 4 and 4 of signal, and of the right 4 more that is noise. */
    @Test
    void noiseIsTakenOff() {
        RegionSquares squares = new RegionSquares();
        float noisy = (float) Math.sqrt(8);
        squares.add(new float[] {2, 0, noisy, 0, 0, 0, 0, 0}, new float[] {0, 0, 2, 0, 0, 0, 0, 0}, LEFT);
        assertThat(squares.reliance("the left").share()).isCloseTo(0.5, within(1e-6));
        RegionSquares onIt = new RegionSquares();
        onIt.add(new float[] {noisy, 0, 2, 0, 0, 0, 0, 0}, new float[] {2, 0, 0, 0, 0, 0, 0, 0}, LEFT);
        assertThat(onIt.reliance("the left").share()).isCloseTo(0.5, within(1e-6));
    }
}
