package dev.hone.vision.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.vision.Vectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeTest {
    static Stream<String[]> sizes() {
        return Vectors.lines("resizes.txt").stream();
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void stretchEqualsPillow(String number, String channels, String h, String w, String toH, String toW) {
        Image in = Vectors.image("resize" + number + "_in.bin", channels, h, w);
        Image out = Vectors.image("resize" + number + "_out.bin", channels, toH, toW);
        assertThat(Resize.stretch(in, out.height(), out.width())).isEqualTo(out);
    }

    @Test
    void reductionIsCloseToOpenCvsAreaInterpolation() {
        Image in = Vectors.image("resize5_in.bin", "1", "300", "300");
        Image area = Vectors.image("resize5_area.bin", "1", "160", "160");
        assertThat(Vectors.difference(Resize.stretch(in, 160, 160), area)).isLessThanOrEqualTo(3);
    }

    @Test
    void thinLineFadesButDoesNotVanish() {
        for (int at = 100; at < 110; at++) {
            Image in = Image.black(1, 200, 200);
            for (int y = 0; y < 200; y++) {
                in.set(0, y, at, 255);
            }
            Image out = Resize.stretch(in, 20, 20);
            int sum = 0;
            for (int x = 0; x < 20; x++) {
                sum += out.at(0, 10, x);
            }
            assertThat(sum).as("line at %s", at).isBetween(23, 28); // 255 over ten columns, up to rounding
        }
    }

    @Test
    void letterboxKeepsTheAspectRatioAndReplicatesTheBorder() {
        Image wide = Image.black(1, 10, 40);
        for (int x = 0; x < 40; x++) {
            for (int y = 0; y < 10; y++) {
                wide.set(0, y, x, y < 5 ? 50 : 200);
            }
        }
        Image out = Resize.to(wide, 40, 40, Resize.Mode.LETTERBOX);
        assertThat(out.crop(15, 0, 10, 40)).isEqualTo(wide);
        assertThat(out.crop(0, 0, 15, 40).pixels()).containsOnly(50);
        assertThat(out.crop(25, 0, 15, 40).pixels()).containsOnly((byte) 200);
    }
}
