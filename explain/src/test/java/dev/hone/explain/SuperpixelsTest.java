package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.GraphException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuperpixelsTest {
    private static final int SIDE = 40;
    private static final long[] SHAPE = {3, SIDE, SIDE};

    /** Red, with a blue disc off the grid. */
    private static boolean inDisc(int i) {
        int row = i / SIDE;
        int column = i % SIDE;
        double y = row - 17.3;
        double x = column - 22.8;
        return y * y + x * x < 81;
    }

    private static float[] disc() {
        float[] image = new float[3 * SIDE * SIDE];
        for (int i = 0; i < SIDE * SIDE; i++) {
            image[inDisc(i) ? 2 * SIDE * SIDE + i : i] = 1;
        }
        return image;
    }

    @Test
    void edgesOfTheImageAreEdgesOfSuperpixels() {
        Groups groups = Superpixels.of(disc(), SHAPE, 25);
        assertThat(groups.count()).isBetween(15, 35);
        boolean[] inside = new boolean[groups.count()];
        boolean[] outside = new boolean[groups.count()];
        int crossing = 0;
        for (int i = 0; i < SIDE * SIDE; i++) {
            (inDisc(i) ? inside : outside)[groups.of(i)] = true;
        }
        for (int g = 0; g < groups.count(); g++) {
            crossing += inside[g] && outside[g] ? 1 : 0;
        }
        // A grid of as many cells has a dozen that cross the disc's edge.
        assertThat(crossing).isLessThanOrEqualTo(2);
    }

    @Test
    void everySuperpixelIsOnePiece() {
        Groups groups = Superpixels.of(disc(), SHAPE, 25);
        Set<Integer> seen = new HashSet<>();
        boolean[] reached = new boolean[SIDE * SIDE];
        for (int start = 0; start < SIDE * SIDE; start++) {
            if (!reached[start]) {
                assertThat(seen.add(groups.of(start)))
                        .as("group %d again", groups.of(start))
                        .isTrue();
                reach(groups, reached, start);
            }
        }
        assertThat(seen).hasSize(groups.count());
    }

    private static void reach(Groups groups, boolean[] reached, int i) {
        reached[i] = true;
        int[] neighbours = {i - 1, i + 1, i - SIDE, i + SIDE};
        for (int j : neighbours) {
            boolean beside = j >= 0 && j < SIDE * SIDE && (Math.abs(j - i) == SIDE || j / SIDE == i / SIDE);
            if (beside && !reached[j] && groups.of(j) == groups.of(i)) {
                reach(groups, reached, j);
            }
        }
    }

    /** Noise tears clusters apart: crumbs are joined to what lies beside them. */
    @Test
    void noSuperpixelIsACrumb() {
        Random random = new Random(4);
        float[] image = disc();
        for (int i = 0; i < image.length; i++) {
            image[i] += 0.4f * random.nextFloat();
        }
        Groups groups = Superpixels.of(image, SHAPE, 25);
        assertThat(groups.count()).isBetween(8, 40);
        for (int g = 1; g < groups.count(); g++) {
            assertThat(groups.size(g) / 3).as("pixels of superpixel %d", g).isGreaterThanOrEqualTo(16);
        }
    }

    /** Published values of CIELAB under D65: pure red, white and the grey of half the range. */
    @Test
    void coloursAreThoseOfCielab() {
        float[] red = Superpixels.lab(1, 0, 0);
        assertThat(red[0]).isCloseTo(53.24f, within(0.02f));
        assertThat(red[1]).isCloseTo(80.09f, within(0.02f));
        assertThat(red[2]).isCloseTo(67.20f, within(0.02f));
        float[] white = Superpixels.lab(1, 1, 1);
        assertThat(white[0]).isCloseTo(100, within(0.01f));
        assertThat(white[1]).isCloseTo(0, within(0.02f));
        assertThat(Superpixels.lab(0.5, 0.5, 0.5)[0]).isCloseTo(53.39f, within(0.01f));
    }

    @Test
    void refusesWhatIsNoImage() {
        assertThatThrownBy(() -> Superpixels.of(new float[6], new long[] {6}, 2))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("superpixels are for images");
        assertThatThrownBy(() -> Superpixels.of(disc(), SHAPE, 0))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("0 superpixels");
    }
}
