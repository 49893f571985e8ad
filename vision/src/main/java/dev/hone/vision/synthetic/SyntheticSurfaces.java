package dev.hone.vision.synthetic;

import dev.hone.core.file.FileErrors;
import dev.hone.core.file.OwnFiles;
import dev.hone.data.SeededRandom;
import dev.hone.vision.image.ImageException;
import dev.hone.vision.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A synthetic data set of surfaces, for demonstrations and tests without real images. Every class cycles through the
 * textures, so texture, brightness and light carry no information about the class. The same settings give the same
 * files.
 *
 * @param size side of the square images in pixels
 * @param train training images per class
 * @param validation validation images per class
 * @param test test images per class
 * @param seed random seed
 */
public record SyntheticSurfaces(int size, int train, int validation, int test, long seed) {
    /** 128 pixels; 220, 40 and 60 images of each of the six classes. */
    public static final SyntheticSurfaces DEFAULT = new SyntheticSurfaces(128, 220, 40, 60, 1);

    public SyntheticSurfaces {
        if (size < 32 || train < 1 || validation < 0 || test < 0) {
            throw new IllegalArgumentException("size " + size + " must be at least 32, and counts " + train + ", "
                    + validation + ", " + test + " not negative");
        }
    }

    /**
     * Writes {@code train|val|test/<class>/<texture>-<number>.png}, and the defect masks under {@code masks/} with the
     * same names. The folder appears only when it is complete.
     *
     * @throws ImageException if the folder exists and is not empty, or cannot be written
     */
    public void write(Path folder) {
        Path temporary = null;
        try {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> content = Files.list(folder)) {
                    if (content.findAny().isPresent()) {
                        throw new ImageException(folder + ": is not empty, expected a new folder");
                    }
                }
            }
            Path parent = folder.toAbsolutePath().getParent();
            Files.createDirectories(parent);
            // A temporary directory would be for its owner only, and stay so under its final name.
            temporary = Files.createDirectory(parent.resolve(OwnFiles.PREFIX + UUID.randomUUID()));
            writeSplit(temporary, "train", train, 0);
            writeSplit(temporary, "val", validation, 1);
            writeSplit(temporary, "test", test, 2);
            Files.deleteIfExists(folder);
            Files.move(temporary, folder);
        } catch (IOException e) {
            throw new ImageException(folder + ": cannot be written, " + FileErrors.reason(e), e);
        } finally {
            delete(temporary);
        }
    }

    private void writeSplit(Path root, String split, int count, int splitNumber) {
        List<Defect> defects = List.of(Defect.values());
        IntStream.range(0, count * defects.size()).parallel().forEach(i -> {
            int number = i / defects.size();
            Surface surface = generate(defects.get(i % defects.size()), splitNumber, number);
            String name = split + "/" + surface.defect().label() + "/"
                    + surface.texture().name().toLowerCase(Locale.ROOT) + "-"
                    + String.format(Locale.ROOT, "%04d", number)
                    + ".png";
            ImageFiles.writePng(surface.image(), root.resolve(name));
            if (surface.defect() != Defect.GOOD) {
                ImageFiles.writePng(surface.mask(), root.resolve("masks").resolve(name));
            }
        });
    }

    /** The surface with this number in {@link #write}; {@code split} is 0 for train, 1 for val, 2 for test. */
    Surface generate(Defect defect, int split, int number) {
        Texture texture = Texture.values()[number % Texture.values().length];
        return Surface.generate(texture, defect, size, new SeededRandom(seed, split, defect.ordinal(), number));
    }

    private static void delete(Path folder) {
        if (folder == null || !Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        } catch (IOException e) {
            folder.toFile().deleteOnExit(); // a hidden leftover; the original failure is the one to report
        }
    }
}
