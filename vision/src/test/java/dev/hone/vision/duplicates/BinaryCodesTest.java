package dev.hone.vision.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.SeededRandom;
import dev.hone.vision.duplicates.BinaryCodes.Neighbour;
import org.junit.jupiter.api.Test;

class BinaryCodesTest {
    private static final int LONGS = BinaryCodes.BITS / Long.SIZE;

    /** Random codes in pairs that differ in every eighth bit or so, as those of images that correlate by 0.9. */
    private static long[] codes(int size) {
        SeededRandom random = new SeededRandom(3);
        long[] codes = new long[size * LONGS];
        for (int i = 0; i < codes.length; i++) {
            boolean twin = i / LONGS % 2 == 1;
            codes[i] = twin ? codes[i - LONGS] ^ everyEighth(random) : random.next();
        }
        return codes;
    }

    private static long everyEighth(SeededRandom random) {
        long bits = -1;
        for (int i = 0; i < 3; i++) {
            bits &= random.next();
        }
        return bits;
    }

    @Test
    void correlationDecidesHowManyBitsDiffer() {
        SeededRandom random = new SeededRandom(1);
        float[] map = new float[BinaryCodes.VALUES];
        float[] other = new float[BinaryCodes.VALUES];
        for (int i = 0; i < map.length; i++) {
            map[i] = (float) random.gaussian();
            other[i] = 0.8f * map[i] + 0.6f * (float) random.gaussian();
        }
        BinaryCodes codes = new BinaryCodes(BinaryCodes.encode(map), 10);
        int distance = codes.nearest(BinaryCodes.encode(other), -1, 1, BinaryCodes.BITS)[0].distance();
        // acos(0.8) / pi of 256 bits, two deviations to each side
        assertThat(distance).isBetween(52 - 15, 52 + 15);
        assertThat(codes.nearest(codes.code(0), -1, 1, 0)).containsExactly(new Neighbour(0, 0));
        assertThat(codes.nearest(codes.code(0), 0, 1, BinaryCodes.BITS)).isEmpty();
    }

    @Test
    void sortedListsFindTheNeighboursThatComparingAllFinds() {
        int size = 20_000;
        long[] codes = codes(size);
        BinaryCodes lists = new BinaryCodes(codes, 0);
        BinaryCodes all = new BinaryCodes(codes, size);
        int found = 0;
        for (int i = 0; i < 400; i++) {
            Neighbour[] nearest = all.nearest(all.code(i), i, 3, BinaryCodes.BITS);
            assertThat(nearest).hasSize(3).isSortedAccordingTo((a, b) -> a.distance() - b.distance());
            assertThat(nearest[0].index()).isEqualTo(i ^ 1);
            Neighbour[] fast = lists.nearest(lists.code(i), i, 3, BinaryCodes.BITS);
            found += fast.length > 0 && fast[0].equals(nearest[0]) ? 1 : 0;
        }
        assertThat(found).isGreaterThan(396);
    }
}
