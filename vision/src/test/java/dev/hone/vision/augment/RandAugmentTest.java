package dev.hone.vision.augment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.SeededRandom;
import dev.hone.vision.Vectors;
import dev.hone.vision.augment.RandAugment.Operation;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandAugmentTest {
    private static final int H = 14;
    private static final int W = 18;

    private static void agrees(Operation operation, String image, int channels) {
        for (int strength = -1; strength <= 1; strength += 2) {
            byte[] found = Vectors.bytes("enhance_" + image + ".bin");
            RandAugment.of(operation, strength).apply(found, channels, H, W);
            String name = "enhance_" + image + "_" + operation.name().toLowerCase(Locale.ROOT)
                    + (strength < 0 ? "_less.bin" : "_more.bin");
            assertThat(Vectors.difference(found, Vectors.bytes(name))).as(name).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void changesOfTonesAgreeWithPillow() {
        for (Operation operation : new Operation[] {Operation.BRIGHTNESS, Operation.CONTRAST, Operation.SHARPNESS}) {
            agrees(operation, "rgb", 3);
            agrees(operation, "gray", 1);
        }
        agrees(Operation.COLOR, "rgb", 3);
    }

    @Test
    void colorLeavesGrayscaleAsItIs() {
        byte[] image = Vectors.bytes("enhance_gray.bin");
        RandAugment.of(Operation.COLOR, 1).apply(image, 1, H, W);
        assertThat(image).isEqualTo(Vectors.bytes("enhance_gray.bin"));
    }

    /** Where a corner of the image comes from, in pixels from the center. */
    private static double[] source(Operation operation, double strength, double x, double y) {
        Warp warp = RandAugment.of(operation, strength).warp(Warp.identity(), 41, 81);
        double px = x + 40;
        double py = y + 20;
        return new double[] {
            warp.xx() * px + warp.xy() * py + warp.x0() - 40, warp.yx() * px + warp.yy() * py + warp.y0() - 20
        };
    }

    @Test
    void geometryStaysWithinItsLimits() {
        // 15 degrees about the center, shears of 0.15, shifts of a tenth of the side.
        assertThat(source(Operation.ROTATE, 1, 40, 0))
                .usingComparatorWithPrecision(1e-6)
                .containsExactly(40 * Math.cos(Math.PI / 12), 40 * Math.sin(Math.PI / 12));
        assertThat(source(Operation.ROTATE, -1, 0, 0))
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(0, 0);
        assertThat(source(Operation.SHEAR_X, 1, 0, 20))
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(3, 20);
        assertThat(source(Operation.SHEAR_Y, -1, 40, 0))
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(40, -6);
        assertThat(source(Operation.SHIFT_X, 1, 0, 0))
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(8.1, 0);
        assertThat(source(Operation.SHIFT_Y, 1, 0, 0))
                .usingComparatorWithPrecision(1e-9)
                .containsExactly(0, 4.1);
    }

    @Test
    void dependsOnTheSeedAndGrowsWithTheMagnitude() {
        byte[] image = Vectors.bytes("enhance_rgb.bin");
        Augmentation weak = Augmentation.NONE.withRandAugment(1);
        Augmentation strong = Augmentation.NONE.withRandAugment(10);
        assertThat(applied(strong, image, 3)).isEqualTo(applied(strong, image, 3));
        Set<Integer> different = new HashSet<>();
        double weakChange = 0;
        double strongChange = 0;
        for (int seed = 0; seed < 50; seed++) {
            different.add(Arrays.hashCode(applied(strong, image, seed)));
            weakChange += change(image, applied(weak, image, seed));
            strongChange += change(image, applied(strong, image, seed));
        }
        assertThat(different).hasSizeGreaterThan(40);
        assertThat(strongChange).isGreaterThan(3 * weakChange);
        assertThat(applied(Augmentation.NONE.withRandAugment(0), image, 1)).isEqualTo(image);
    }

    private static byte[] applied(Augmentation how, byte[] image, long seed) {
        byte[] out = image.clone();
        new Augmenter(how, 3, H, W).apply(out, new SeededRandom(seed));
        return out;
    }

    private static double change(byte[] a, byte[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
        return sum / a.length;
    }
}
