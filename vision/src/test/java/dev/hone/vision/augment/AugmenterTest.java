package dev.hone.vision.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.data.SeededRandom;
import dev.hone.vision.Vectors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AugmenterTest {
    private static final int H = 40;
    private static final int W = 52;

    private static byte[] noise(int channels, int h, int w) {
        byte[] image = new byte[channels * h * w];
        SeededRandom random = new SeededRandom(7);
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) random.below(256);
        }
        return image;
    }

    private static byte[] applied(Augmentation how, byte[] image, int channels, int h, int w, long seed) {
        byte[] out = image.clone();
        new Augmenter(how, channels, h, w).apply(out, new SeededRandom(seed));
        return out;
    }

    @Test
    void warpAgreesWithTorchsGridSample() {
        byte[] out = new byte[H * W];
        new Warp(0.93, -0.21, 5.5, 0.18, 1.07, -9.25).apply(Vectors.bytes("warp_in.bin"), out, 1, H, W);
        assertThat(Vectors.difference(out, Vectors.bytes("warp_out.bin"))).isLessThanOrEqualTo(1);
    }

    @Test
    void blurAgreesWithOpenCv() {
        // the radius is 2.5 sigma, rounded up: 3 for sigma 1.2, as in the vectors
        byte[] image = Vectors.bytes("blur_in.bin");
        Augmenter augmenter = new Augmenter(Augmentation.NONE, 1, H, W);
        augmenter.blur(image, 1.2);
        assertThat(Vectors.difference(image, Vectors.bytes("blur_out.bin"))).isLessThanOrEqualTo(1);
    }

    @Test
    void noneKeepsTheImageUnchanged() {
        byte[] image = noise(3, H, W);
        assertThat(applied(Augmentation.NONE, image, 3, H, W, 1)).isEqualTo(image);
    }

    @Test
    void flipsAndTurnsMovePixelsExactly() {
        byte[] image = noise(3, H, W);
        byte[] mirrored = applied(Augmentation.NONE.withFlips(1, 0), image, 3, H, W, 1);
        byte[] upsideDown = applied(Augmentation.NONE.withFlips(0, 1), image, 3, H, W, 1);
        byte[] halfTurn = applied(Augmentation.NONE.withQuarterTurns(1), image, 3, H, W, 1);
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < H; y++) {
                for (int x = 0; x < W; x++) {
                    int at = (c * H + y) * W + x;
                    assertThat(mirrored[at]).isEqualTo(image[(c * H + y) * W + W - 1 - x]);
                    assertThat(upsideDown[at]).isEqualTo(image[(c * H + H - 1 - y) * W + x]);
                    assertThat(halfTurn[at]).isEqualTo(image[(c * H + H - 1 - y) * W + W - 1 - x]);
                }
            }
        }
    }

    @Test
    void quarterTurnsOfASquareAreRotations() {
        int n = 9;
        byte[] image = noise(1, n, n);
        byte[][] turned = {image.clone(), new byte[n * n], new byte[n * n], new byte[n * n]};
        for (int k = 1; k < 4; k++) {
            for (int y = 0; y < n; y++) {
                for (int x = 0; x < n; x++) {
                    turned[k][x * n + n - 1 - y] = turned[k - 1][y * n + x];
                }
            }
        }
        boolean[] seen = new boolean[4];
        for (int seed = 0; seed < 60; seed++) {
            byte[] out = applied(Augmentation.NONE.withQuarterTurns(0.75), image, 1, n, n, seed);
            int match = 0;
            while (match < 4 && !Arrays.equals(out, turned[match])) {
                match++;
            }
            assertThat(match).isLessThan(4);
            seen[match] = true;
        }
        assertThat(seen).containsOnly(true);
    }

    @Test
    void equalSeedsGiveEqualImages() {
        byte[] image = noise(1, H, W);
        Augmentation all =
                Augmentation.INSPECTION.withBlur(0.5, 1).withNoise(0.5, 6).withCutout(0.5, 0.3);
        assertThat(applied(all, image, 1, H, W, 3)).isEqualTo(applied(all, image, 1, H, W, 3));
        assertThat(applied(all, image, 1, H, W, 3)).isNotEqualTo(applied(all, image, 1, H, W, 4));
    }

    @Test
    void flatImageStaysFlatUnderGeometryAndBlur() {
        byte[] flat = new byte[H * W];
        Arrays.fill(flat, (byte) 131);
        Augmentation how =
                Augmentation.NONE.withGeometry(30, 0.3, 0.6, 1.6).withBlur(1, 2).withFlips(0.5, 0.5);
        for (int seed = 0; seed < 50; seed++) {
            assertThat(applied(how, flat, 1, H, W, seed)).containsOnly((byte) 131);
        }
    }

    @Test
    void lightStaysInItsRange() {
        byte[] flat = new byte[H * W];
        Arrays.fill(flat, (byte) 128);
        int low = 255;
        int high = 0;
        for (int seed = 0; seed < 400; seed++) {
            byte[] out = applied(Augmentation.NONE.withBrightnessAndContrast(0.1, 0.2), flat, 1, H, W, seed);
            low = Math.min(low, out[0] & 0xff);
            high = Math.max(high, out[0] & 0xff);
        }
        assertThat(low).isBetween(102, 106); // 128 - 25.5
        assertThat(high).isBetween(150, 154);
    }

    @Test
    void noiseHasTheSampledDeviation() {
        byte[] flat = new byte[200 * 200];
        Arrays.fill(flat, (byte) 128);
        byte[] out = flat.clone();
        new Augmenter(Augmentation.NONE, 1, 200, 200).noise(out, 6, new SeededRandom(1));
        double sum = 0;
        double squares = 0;
        for (byte b : out) {
            double d = (b & 0xff) - 128;
            sum += d;
            squares += d * d;
        }
        assertThat(sum / out.length).isCloseTo(0, within(0.15));
        assertThat(Math.sqrt(squares / out.length)).isCloseTo(6, within(0.15));
    }

    @Test
    void cutoutFillsOneRectangleOfBoundedSize() {
        byte[] image = noise(1, H, W);
        byte[] out = applied(Augmentation.NONE.withCutout(1, 0.5), image, 1, H, W, 2);
        int changed = 0;
        for (int i = 0; i < image.length; i++) {
            changed += image[i] == out[i] ? 0 : 1;
        }
        assertThat(changed).isBetween(H * W / 64 - 40, H * W / 4);
    }

    @Test
    void rangesAreChecked() {
        assertThatThrownBy(() -> Augmentation.NONE.withFlips(1.5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("flipHorizontal 1.5");
    }
}
