package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On an image of 6 x 10 pixels, drawn. */
class RegionsTest {
    private static String drawn(boolean[] region) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < region.length; i++) {
            rows.append(region[i] ? '#' : '.').append(i % 10 == 9 ? "\n" : "");
        }
        return rows.toString();
    }

    @Test
    void areWhereTheirNamesSay() {
        Map<String, boolean[]> regions = Regions.of(6, 10, "40,20,30,60");
        assertThat(drawn(regions.get("the border")))
                .isEqualTo("##########\n" + "#........#\n".repeat(4) + "##########\n");
        String nothing = "..........\n".repeat(5);
        assertThat(drawn(regions.get("the upper left corner"))).isEqualTo("##........\n" + nothing);
        assertThat(drawn(regions.get("the upper right corner"))).isEqualTo("........##\n" + nothing);
        assertThat(drawn(regions.get("the lower left corner"))).isEqualTo(nothing + "##........\n");
        assertThat(drawn(regions.get("the lower right corner"))).isEqualTo(nothing + "........##\n");
        assertThat(drawn(regions.get("the region 40,20,30,60")))
                .isEqualTo("..........\n" + "....###...\n".repeat(4) + "..........\n");
    }

    /** Ten percent of these sides end in the middle of a pixel, but of the first and the last. */
    @ParameterizedTest
    @CsvSource({"5,1", "15,2", "25,3", "35,4", "45,5", "225,23", "4,0", "6,1"})
    void theBorderIsAsWideOnEachSide(int side, int expected) {
        for (int[] size : new int[][] {{side, 40}, {40, side}}) {
            boolean[] border = Regions.of(size[0], size[1], null).get("the border");
            int middle = 20;
            int[] widths = new int[2];
            for (int i = 0; i < side; i++) {
                boolean in = size[0] == side ? border[i * 40 + middle] : border[middle * side + i];
                widths[i < side / 2.0 ? 0 : 1] += in ? 1 : 0;
            }
            assertThat(widths).as("of " + side).containsExactly(expected, expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1,2,3", "1,2,3,4,5", "-1,0,5,5", "a,0,5,5", "0,0,0,5", "90,0,20,5", "0,90,5,20"})
    void haveToLieInTheImage(String given) {
        assertThatThrownBy(() -> Regions.of(5, 10, given))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("region " + given + ": expected LEFT,TOP,WIDTH,HEIGHT in percent");
    }
}
