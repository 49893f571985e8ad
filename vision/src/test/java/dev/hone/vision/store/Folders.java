package dev.hone.vision.store;

import dev.hone.data.SeededRandom;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small data sets for tests. */
final class Folders {
    private Folders() {}

    /** A grayscale PNG whose pixels depend on the seed. */
    static Path image(Path file, int side, long seed) {
        Image image = Image.black(1, side, side);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < image.pixels().length; i++) {
            image.pixels()[i] = (byte) random.below(256);
        }
        ImageFiles.writePng(image, file);
        return file;
    }

    static Path text(Path file, String content) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes {@code counts[k]} images to the folder of class {@code names[k]}. */
    static Path classes(Path root, String[] names, int... counts) {
        for (int k = 0; k < names.length; k++) {
            for (int i = 0; i < counts[k]; i++) {
                image(root.resolve(names[k]).resolve("i" + i + ".png"), 12, 1000L * k + i);
            }
        }
        return root;
    }
}
