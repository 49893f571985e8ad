package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import org.junit.jupiter.api.Test;

class SampledRowsTest {
    @Test
    void drawsDifferentRowsBySeed() {
        int[] drawn = SampledRows.of(1000, 24, 7);
        assertThat(drawn).hasSize(24).doesNotHaveDuplicates();
        assertThat(SampledRows.of(1000, 24, 7)).containsExactly(drawn);
        assertThat(SampledRows.of(1000, 24, 8)).isNotEqualTo(drawn);
        assertThat(SampledRows.of(3, 24, 7)).containsExactlyInAnyOrder(0, 1, 2);
    }

    /** 3000 draws of 2 in 5: each row 1200 times, with a deviation of 27. */
    @Test
    void everyRowIsAsLikely() {
        int[] times = new int[5];
        for (int seed = 0; seed < 3000; seed++) {
            for (int row : SampledRows.of(5, 2, seed)) {
                times[row]++;
            }
        }
        for (int count : times) {
            assertThat(count).isBetween(1200 - 110, 1200 + 110);
        }
    }

    @Test
    void noBaselinesAreRefused() {
        assertThatThrownBy(() -> SampledRows.of(5, 0, 1))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("0 baselines are too few");
    }
}
