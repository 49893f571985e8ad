package dev.hone.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GridShareTest {
    private static final int SIDE = 160;

    /**
     * Defects at random places: a Gaussian bump of 4 to 16 pixels and a straight scratch over the whole image, over noise of
     * both signs.
     */
    private static float[] defects(Random random) {
        double cx = random.nextDouble() * SIDE;
        double cy = random.nextDouble() * SIDE;
        double radius = 4 + random.nextDouble() * 12;
        int row = random.nextInt(SIDE);
        float[] map = new float[SIDE * SIDE];
        for (int i = 0; i < map.length; i++) {
            double distance = Math.hypot(i % SIDE - cx, i / SIDE - cy);
            double size = 0.05 + Math.exp(-distance * distance / (2 * radius * radius)) + (i / SIDE == row ? 0.5 : 0);
            map[i] = (float) (size * random.nextGaussian());
        }
        return map;
    }

    private static List<float[]> maps(int count, double onGrid, double offGrid, int pitch, int cell) {
        Random random = new Random(7);
        List<float[]> maps = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] map = defects(random);
            for (int i = 0; i < map.length; i++) {
                boolean on = i / SIDE % pitch < cell && i % SIDE % pitch < cell;
                map[i] *= (float) (on ? onGrid : offGrid);
            }
            maps.add(map);
        }
        return maps;
    }

    /** 49 of 1024 pixels, each 37 times as strong as the others: 65 % of the attribution on 4.8 % of the pixels. */
    @Test
    void findsTheGridWhateverTheImagesShow() {
        double on = 0.65 / (49.0 / 1024);
        double off = 0.35 / (975.0 / 1024);
        GridShare grid = GridShare.largest(maps(30, on, off, 32, 7), SIDE);
        assertThat(grid.pitch()).isEqualTo(32);
        assertThat(grid.share()).isCloseTo(0.65, within(0.03));
        assertThat(grid.area()).isCloseTo(49.0 / 1024, within(0.01));
        assertThat(grid.excess()).isCloseTo(0.60, within(0.03));
    }

    /** Multiples of the pitch have the grid too. */
    @Test
    void namesTheSmallestPitch() {
        assertThat(GridShare.largest(maps(10, 3, 1, 8, 4), SIDE).pitch()).isEqualTo(8);
    }

    @Test
    void defectsAndNoiseAreNoGrid() {
        List<GridShare> grids = GridShare.ofPitches(maps(60, 1, 1, 8, 4), SIDE);
        assertThat(grids).hasSize(63);
        assertThat(grids).allSatisfy(grid -> {
            assertThat(grid.excess()).isBetween(-0.02, 0.02);
            assertThat(grid.lowerBound()).isLessThan(0.01);
        });
    }

    /** A map that is periodic under a slope: exactly its shares, whatever the slope. */
    @Test
    void aSlopeDoesNotMatter() {
        List<float[]> maps = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            float[] map = new float[SIDE * SIDE];
            for (int i = 0; i < map.length; i++) {
                map[i] = (1 + n * i % SIDE / 400f) * (i % SIDE % 4 == 1 ? -3 : 1);
            }
            maps.add(map);
        }
        GridShare grid = GridShare.largest(maps, SIDE);
        assertThat(grid.pitch()).isEqualTo(4);
        assertThat(grid.area()).isEqualTo(0.25, within(1e-9));
        assertThat(grid.share()).isCloseTo(0.5, within(1e-3));
    }

    @Test
    void needsTwoMapsThatAreNotZero() {
        float[] map = defects(new Random(1));
        assertThat(GridShare.largest(List.of(map, new float[map.length]), SIDE)).isNull();
        assertThat(GridShare.largest(List.of(), SIDE)).isNull();
        assertThat(GridShare.ofPitches(List.of(new float[] {1, 2, 3, 4}, new float[] {1, 2, 3, 4}), 2))
                .isEmpty();
    }

    @Test
    void borderIsComparedWithItsArea() {
        float[] flat = new float[64 * 32];
        java.util.Arrays.fill(flat, -2);
        BorderShare uniform = BorderShare.of(List.of(flat, new float[64 * 32], flat), 32);
        double area = 1 - 62.0 * 30 / (64 * 32);
        assertThat(uniform.pixels()).isEqualTo(1);
        assertThat(uniform.area()).isCloseTo(area, within(1e-12));
        assertThat(uniform.share()).isCloseTo(area, within(1e-9));
        assertThat(uniform.standardError()).isCloseTo(0, within(1e-6));
        float[] edge = new float[64 * 32];
        edge[5] = 3;
        edge[33] = 1;
        BorderShare strong = BorderShare.of(List.of(edge, flat), 32, 1);
        assertThat(strong.share()).isCloseTo((0.75 + area) / 2, within(1e-9));
        assertThat(strong.excess()).isCloseTo((0.75 - area) / 2, within(1e-9));
        assertThat(strong.standardError()).isCloseTo((0.75 - area) / 2, within(1e-9));
        assertThat(BorderShare.of(List.of(new float[4]), 2)).isNull();
        assertThat(BorderShare.of(List.of(edge), 32).standardError()).isNaN();
    }
}
