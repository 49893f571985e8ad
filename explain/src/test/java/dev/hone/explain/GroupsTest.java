package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which elements stand together. */
class GroupsTest {
    @Test
    void gridsAndRegionsAreSummedOverChannels() {
        Groups grid = Groups.grid(new long[] {2, 3, 5}, 2);
        assertThat(grid.count()).isEqualTo(6);
        assertThat(grid.of(4)).isEqualTo(2);
        assertThat(grid.of(15 + 10)).isEqualTo(3);
        assertThat(grid.size(0)).isEqualTo(8);
        float[] ones = new float[30];
        Arrays.fill(ones, 1);
        assertThat(grid.sum(ones)).containsExactly(8, 8, 4, 4, 4, 2);
        assertThat(grid.spread(grid.sum(ones))).containsExactly(ones);
        assertThat(grid.paint(grid.sum(ones))).startsWith(8, 8, 8, 8, 4, 8).hasSize(30);
    }
}
