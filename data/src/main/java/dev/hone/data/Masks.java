package dev.hone.data;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the mask of an image's defect lies: a PNG of the same name beside a JPEG, or, for an image
 * {@code scratch/0107.jpg} below a folder, {@code masks/scratch/0107.png} in that folder. Extensions and the name
 * {@code masks} count in small letters, in capitals and with one capital; masks may be files of any kind that is read.
 */
public final class Masks {
    /** Name of the folder of masks. */
    static final String FOLDER = "masks";

    private Masks() {}

    /** The mask of an image, beside it or in a folder {@code masks} of one of the folders above it, the nearest first. */
    public static Optional<Path> of(Path image) {
        Path file = image.toAbsolutePath().normalize();
        Optional<Path> beside = isJpeg(file) ? spelled("png", ext -> sibling(file, ext)) : Optional.empty();
        if (beside.isPresent()) {
            return beside;
        }
        for (Path above = file.getParent(); above != null; above = above.getParent()) {
            for (String name : spellings(FOLDER).toList()) {
                Path folder = above.resolve(name);
                if (Files.isDirectory(folder)) {
                    Optional<Path> mask = in(folder, above.relativize(file));
                    if (mask.isPresent()) {
                        return mask;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** The mask of that name in a folder given for masks. What leads out of it, as the whole path of an image, names none. */
    static Optional<Path> in(Path folder, Path name) {
        Path inside = folder.toAbsolutePath().normalize();
        if (name.isAbsolute() || !inside.resolve(name).normalize().startsWith(inside)) {
            return Optional.empty();
        }
        Path like = folder.resolve(name);
        return ImageNames.EXTENSIONS.stream()
                .flatMap(extension -> spelled(extension, ext -> sibling(like, ext)).stream())
                .findFirst();
    }

    private static Path sibling(Path file, String extension) {
        return file.resolveSibling(stem(file.getFileName().toString()) + "." + extension);
    }

    private static Optional<Path> spelled(String extension, Function<String, Path> file) {
        try {
            return spellings(extension).map(file).filter(Files::isRegularFile).findFirst();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Stream<String> spellings(String lower) {
        String upper = lower.toUpperCase(Locale.ROOT);
        return Stream.of(lower, upper, upper.charAt(0) + lower.substring(1));
    }

    /**
     * Whether a folder is called {@code masks} and laid out like what lies beside it: its images are called like images
     * there, its folders like folders there. Otherwise it is a folder like any other, a class for example.
     *
     * @throws IOException if it or the folder around it cannot be listed
     */
    public static boolean isFolder(Path folder) throws IOException {
        String name = folder.getFileName() == null ? "" : folder.getFileName().toString();
        if (!name.toLowerCase(Locale.ROOT).equals(FOLDER) || !Files.isDirectory(folder)) {
            return false;
        }
        Set<String> within = names(folder);
        Path parent = folder.toAbsolutePath().getParent();
        Set<String> beside = names(parent);
        return !within.isEmpty() && beside.containsAll(within);
    }

    /** Images without their extensions, folders with a slash. */
    private static Set<String> names(Path folder) throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (ImageNames.isHidden(name)) {
                    continue;
                }
                if (Files.isDirectory(file)) {
                    names.add(name + "/");
                } else if (ImageNames.matches(file)) {
                    names.add(stem(name));
                }
            }
            return names;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** The images of one folder that are masks of others in it. */
    public static Set<Path> among(Collection<Path> images) {
        Set<String> jpegs = images.stream()
                .filter(Masks::isJpeg)
                .map(p -> stem(p.toString()))
                .collect(Collectors.toSet());
        return images.stream()
                .filter(p -> extension(p).equals("png") && jpegs.contains(stem(p.toString())))
                .collect(Collectors.toSet());
    }

    private static boolean isJpeg(Path file) {
        return extension(file).equals("jpg") || extension(file).equals("jpeg");
    }

    private static String extension(Path file) {
        return ImageNames.extension(file.getFileName().toString());
    }

    private static String stem(String name) {
        return name.replaceFirst("\\.[^./]*$", "");
    }
}
