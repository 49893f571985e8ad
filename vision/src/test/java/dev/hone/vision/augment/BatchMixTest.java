package dev.hone.vision.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.data.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BatchMixTest {
    @Test
    void mixupSharesFollowTheLargerPartOfBeta() {
        // the larger part of Beta(1, 1) is uniform in 0.5..1 with mean 0.75; that of Beta(0.2, 0.2) has mean 0.8988,
        // from ten million NumPy samples
        assertThat(meanShare(1)).isCloseTo(0.75, within(0.01));
        assertThat(meanShare(0.2)).isCloseTo(0.8988, within(0.01));
        BatchMix mixup = BatchMix.mixup(0.4, 9, new SeededRandom(1));
        assertThat(mixup.partner()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
    }

    private static double meanShare(double alpha) {
        SeededRandom random = new SeededRandom(9);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            sum += BatchMix.mixup(alpha, 2, random).share();
        }
        return sum / 20_000;
    }

    @Test
    void theBoxHasTheAreaThatTheTargetsSay() {
        SeededRandom random = new SeededRandom(4);
        byte[] image = new byte[3 * 20 * 30];
        byte[] other = new byte[image.length];
        Arrays.fill(other, (byte) 1);
        double shares = 0;
        for (int i = 0; i < 2000; i++) {
            BatchMix mix = BatchMix.cutmix(1, 5, 20, 30, random);
            double pasted = 0;
            for (float v : mix.apply(image, other, 30, 600)) {
                pasted += v;
            }
            assertThat(mix.share()).isCloseTo(1 - pasted / image.length, within(1e-9));
            assertThat(mix.partner()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
            shares += mix.share();
        }
        // timm's rand_bbox on 20 x 30 with Beta(1, 1): 0.708, from a million samples.
        assertThat(shares / 2000).isCloseTo(0.708, within(0.015));
    }

    @Test
    void theBoxIsOneRectangleOfThePartner() {
        BatchMix mix = new BatchMix(0.5, new int[] {0}, new BatchMix.Box(1, 0, 3, 2));
        assertThat(mix.apply(new byte[12], new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 3, 12))
                .containsExactly(0, 0, 0, 4, 5, 0, 7, 8, 0, 0, 0, 0);
    }

    @Test
    void mixupAndCutmixAlternateByChance() {
        SeededRandom random = new SeededRandom(4);
        Augmentation both = Augmentation.NONE.withMixup(0.4).withCutmix(1);
        int boxes = 0;
        for (int i = 0; i < 1000; i++) {
            boxes += BatchMix.sample(both, 4, 20, 30, random).box() == null ? 0 : 1;
        }
        assertThat(boxes).isBetween(450, 550);
        assertThat(BatchMix.sample(Augmentation.INSPECTION, 4, 20, 30, random)).isNull();
    }
}
