package dev.hone.vision.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.data.SeededRandom;
import org.junit.jupiter.api.Test;

class MixupTest {
    @Test
    void mixupSharesFollowTheLargerPartOfBeta() {
        // the larger part of Beta(1, 1) is uniform in 0.5..1 with mean 0.75; that of Beta(0.2, 0.2) has mean 0.8988,
        // from ten million NumPy samples
        assertThat(meanShare(1)).isCloseTo(0.75, within(0.01));
        assertThat(meanShare(0.2)).isCloseTo(0.8988, within(0.01));
        Mixup mixup = Mixup.sample(0.4, 9, new SeededRandom(1));
        assertThat(mixup.partner()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    private static double meanShare(double alpha) {
        SeededRandom random = new SeededRandom(9);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            sum += Mixup.sample(alpha, 2, random).share();
        }
        return sum / 20_000;
    }
}
