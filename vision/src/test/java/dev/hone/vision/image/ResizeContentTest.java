package dev.hone.vision.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The position of an image in its letterbox, checked with a white image on a black background. */
class ResizeContentTest {
    @Test
    void contentAreaIsWhereTheImageIs() {
        byte[] pixels = new byte[40 * 20];
        Arrays.fill(pixels, 10 * 20, 30 * 20, (byte) 200);
        Image tall = new Image(1, 40, 20, pixels);
        Image boxed = Resize.to(tall, 40, 40, Resize.Mode.LETTERBOX);
        Resize.Area area = Resize.content(40, 20, 40, 40, Resize.Mode.LETTERBOX);
        assertThat(area).isEqualTo(new Resize.Area(0, 10, 40, 20));
        assertThat(boxed.crop(area.top(), area.left(), area.height(), area.width()))
                .isEqualTo(tall);
    }

    @Test
    void stretchingCoversTheWholeArea() {
        assertThat(Resize.content(7, 90, 32, 48, Resize.Mode.STRETCH)).isEqualTo(new Resize.Area(0, 0, 32, 48));
    }
}
