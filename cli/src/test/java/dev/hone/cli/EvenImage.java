package dev.hone.cli;

import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.nio.file.Path;

/** An image of 8 x 8 pixels of one colour, whose mean is known. */
final class EvenImage {
    private EvenImage() {}

    /** @param colour red, green and blue, 0..1 */
    static Path in(Path folder, double... colour) {
        byte[] pixels = new byte[3 * 64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.round(colour[i / 64] * 255);
        }
        Path image = folder.resolve("even.png");
        ImageFiles.writePng(new Image(3, 8, 8, pixels), image);
        return image;
    }
}
