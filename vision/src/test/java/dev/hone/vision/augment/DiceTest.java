package dev.hone.vision.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DiceTest {
    @Test
    void momentsAreThoseOfTheDistributions() {
        Dice dice = new Dice(1, 2, 3);
        int n = 200_000;
        double uniform = 0;
        double gaussian = 0;
        double squares = 0;
        int[] counts = new int[6];
        for (int i = 0; i < n; i++) {
            uniform += dice.uniform();
            double g = dice.gaussian();
            gaussian += g;
            squares += g * g;
            counts[dice.below(6)]++;
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
                    first.add(new Dice(a, b, c).next());
                }
            }
        }
        assertThat(first).hasSize(8000);
        assertThat(new Dice(5, 6).next()).isEqualTo(new Dice(5, 6).next());
    }

    @Test
    void mixupSharesAreTheLargerOfBeta() {
        // the larger part of Beta(1, 1) is uniform in 0.5..1, of mean 0.75; of Beta(0.2, 0.2), by ten million draws of
        // numpy, 0.8988
        assertThat(meanShare(1)).isCloseTo(0.75, within(0.01));
        assertThat(meanShare(0.2)).isCloseTo(0.8988, within(0.01));
        Mixup mixup = Mixup.draw(0.4, 9, new Dice(1));
        assertThat(mixup.partner()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    private static double meanShare(double alpha) {
        Dice dice = new Dice(9);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            sum += Mixup.draw(alpha, 2, dice).share();
        }
        return sum / 20_000;
    }
}
