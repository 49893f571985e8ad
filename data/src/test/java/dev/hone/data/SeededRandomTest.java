package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeededRandomTest {
    @Test
    void momentsAreThoseOfTheDistributions() {
        SeededRandom random = new SeededRandom(1, 2, 3);
        int n = 200_000;
        double uniform = 0;
        double gaussian = 0;
        double squares = 0;
        int[] counts = new int[6];
        for (int i = 0; i < n; i++) {
            uniform += random.uniform();
            double g = random.gaussian();
            gaussian += g;
            squares += g * g;
            counts[random.below(6)]++;
        }
        assertThat(uniform / n).isCloseTo(0.5, within(0.005));
        assertThat(gaussian / n).isCloseTo(0, within(0.01));
        assertThat(squares / n).isCloseTo(1, within(0.015));
        assertThat(IntStream.of(counts).map(c -> Math.abs(c - n / 6)).max().orElseThrow())
                .isLessThan(800);
    }

    @Test
    void everyPartOfTheSeedMatters() {
        Set<Long> first = new HashSet<>();
        for (int a = 0; a < 20; a++) {
            for (int b = 0; b < 20; b++) {
                for (int c = 0; c < 20; c++) {
                    first.add(new SeededRandom(a, b, c).next());
                }
            }
        }
        assertThat(first).hasSize(8000);
        assertThat(new SeededRandom(5, 6).next()).isEqualTo(new SeededRandom(5, 6).next());
    }
}
