package dev.hone.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * One labelled image file.
 *
 * @param file where it lies
 * @param name its path below the data set's root, with {@code /}; unique in the data set
 * @param label index into the data set's classes
 * @param split the part of the data set it belongs to
 * @param group samples of one group (photographs of one part, say) are never divided by a split; "" for none
 */
public record Sample(Path file, String name, int label, Split split, String group) {
    Sample withSplit(Split to) {
        return new Sample(file, name, label, to, group);
    }

    /**
     * The pixel mask of the defect, not zero where it is: a PNG of the same name beside a JPEG, or
     * {@code masks/<name>.png} below the root of the data set.
     */
    public Optional<Path> mask() {
        String own = file.getFileName().toString();
        String stem = withoutExtension(own);
        if (isJpeg(own)) {
            Path beside = file.resolveSibling(stem + ".png");
            if (Files.isRegularFile(beside)) {
                return Optional.of(beside);
            }
        }
        Path root = file.toAbsolutePath();
        for (int i = Path.of(name).getNameCount(); i > 0; i--) {
            root = root.getParent();
        }
        return in(root.resolve("masks"), withoutExtension(name));
    }

    /** The mask of that name in a folder. What leads out of it, as the whole path of an image, names none. */
    private static Optional<Path> in(Path folder, String stem) {
        Path mask = folder.resolve(stem + ".png");
        boolean inside = mask.toAbsolutePath()
                .normalize()
                .startsWith(folder.toAbsolutePath().normalize());
        return inside && Files.isRegularFile(mask) ? Optional.of(mask) : Optional.empty();
    }

    /** The same in a folder given for masks, {@code <name>.png} or without the name's own folders. */
    public Optional<Path> mask(Path folder) {
        String stem = withoutExtension(name);
        return in(folder, stem).or(() -> in(folder, Path.of(stem).getFileName().toString()));
    }

    private static String withoutExtension(String name) {
        return name.replaceFirst("\\.[^./]*$", "");
    }

    static boolean isJpeg(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return lower.endsWith(".jpg") || lower.endsWith(".jpeg");
    }
}
