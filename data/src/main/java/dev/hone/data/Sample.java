package dev.hone.data;

import java.nio.file.Path;
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

    /** The pixel mask of the defect, not zero where it is; see {@link Masks}. Bytes in memory have none. */
    public Optional<Path> mask() {
        return input instanceof Input.OfFile of ? Masks.of(of.file()) : Optional.empty();
    }

    /** The same in a folder given for masks, by the sample's name or without the name's own folders. */
    public Optional<Path> mask(Path folder) {
        Path path = Path.of(name);
        return Masks.in(folder, path).or(() -> Masks.in(folder, path.getFileName()));
    }
}
