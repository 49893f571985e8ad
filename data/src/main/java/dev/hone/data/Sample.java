package dev.hone.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * One sample with what is known about it.
 *
 * @param name unique in the data set; of a file its path below the data set's root, with {@code /}
 * @param split the part of the data set it belongs to
 * @param group samples of one group (images of one part, say) are never divided by a split; "" for none
 */
public record Sample(String name, Input input, Target target, Split split, String group) {
    /** An image file of a class. */
    public static Sample ofFile(Path file, String name, int label, Split split, String group) {
        return new Sample(name, new Input.OfFile(file), new Target.OfClass(label), split, group);
    }

    /** The bytes of an image file, of a class. */
    public static Sample ofBytes(byte[] bytes, String name, int label, Split split, String group) {
        return new Sample(name, new Input.OfBytes(bytes), new Target.OfClass(label), split, group);
    }

    /**
     * The file it is read from.
     *
     * @throws IllegalStateException if it is not read from a file
     */
    public Path file() {
        if (input instanceof Input.OfFile of) {
            return of.file();
        }
        throw new IllegalStateException("sample " + name + " is not read from a file");
    }

    /**
     * The index of its class.
     *
     * @throws IllegalStateException if its target is no class
     */
    public int label() {
        if (target instanceof Target.OfClass of) {
            return of.index();
        }
        throw new IllegalStateException("the target of sample " + name + " is no class");
    }

    Sample withSplit(Split to) {
        return new Sample(name, input, target, to, group);
    }

    Sample withLabel(int label) {
        return new Sample(name, input, new Target.OfClass(label), split, group);
    }

    Sample withGroup(String other) {
        return new Sample(name, input, target, split, other);
    }

    /**
     * The pixel mask of the defect, not zero where it is: a PNG of the same name beside a JPEG, or
     * {@code masks/<name>.png} below the root of the data set. Bytes in memory have none.
     */
    public Optional<Path> mask() {
        if (!(input instanceof Input.OfFile)) {
            return Optional.empty();
        }
        Path file = file();
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
