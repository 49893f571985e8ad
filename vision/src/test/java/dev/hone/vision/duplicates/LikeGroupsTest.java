package dev.hone.vision.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LikeGroupsTest {
    private final List<LikePair> pairs = new ArrayList<>();

    private void like(LikeGroups groups, int a, int b, double likeness) {
        groups.compared(a, b, true);
        pairs.add(new LikePair(a, b, LikePair.Kind.ALIKE, likeness));
    }

    private static long sets(int[] groups) {
        return IntStream.of(groups).distinct().count();
    }

    @Test
    void oneChanceLinkDoesNotJoinTwoGroups() {
        LikeGroups groups = new LikeGroups(6);
        for (int from : new int[] {0, 3}) {
            like(groups, from, from + 1, 0.9);
            like(groups, from, from + 2, 0.9);
            like(groups, from + 1, from + 2, 0.9);
        }
        like(groups, 2, 3, 0.7);
        IntStream.range(0, 3).forEach(a -> IntStream.range(3, 6).forEach(b -> {
            if (a != 2 || b != 3) {
                groups.compared(a, b, false);
            }
        }));
        assertThat(groups.of(pairs)).containsExactly(0, 0, 0, 1, 1, 1);
    }

    @Test
    void imagesThatWereNotComparedAreJoinedByThoseThatWere() {
        LikeGroups groups = new LikeGroups(4);
        like(groups, 0, 1, 0.9);
        like(groups, 1, 3, 0.8);
        assertThat(groups.of(pairs)).containsExactly(0, 0, 1, 0);
    }

    @Test
    void aChainDoesNotSwallowTheSet() {
        LikeGroups groups = new LikeGroups(400);
        IntStream.range(0, 399).forEach(i -> like(groups, i, i + 1, 0.9 - i * 1e-4));
        assertThat(sets(groups.of(pairs))).isEqualTo(8);
    }

    @Test
    void equalImagesAreOfOneGroupHoweverMany() {
        LikeGroups groups = new LikeGroups(400);
        IntStream.range(1, 400).forEach(i -> {
            groups.compared(0, i, true);
            pairs.add(new LikePair(0, i, LikePair.Kind.EQUAL, 1));
        });
        assertThat(sets(groups.of(pairs))).isEqualTo(1);
    }
}
