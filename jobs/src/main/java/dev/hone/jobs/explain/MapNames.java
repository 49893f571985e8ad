package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.jobs.Outputs;
import dev.hone.report.ReportImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names of heat maps, after their images: {@code maps/part-0017.png}. No map gets the name of another one of the same
 * run, of a image or of its mask: where images or masks lie in the folder it is {@code part-0017-map.png}.
 */
public final class MapNames {
    private final Path folder;
    private final String extension;
    private final List<Path> inputs;
    private final boolean amongInputs;
    private final Set<Path> taken = new HashSet<>();

    /**
     * @param folder of the maps, which exists
     * @param extension without the dot
     * @param images all that are explained, whether or not they exist
     */
    public MapNames(Path folder, String extension, List<Path> images) {
        this.folder = folder;
        this.extension = extension;
        this.inputs = images.stream()
                .flatMap(p -> Stream.concat(Stream.of(p), ReportImages.mask(p).stream()))
                .toList();
        // Others in that folder, which are not explained in this run, are not to be lost either.
        this.amongInputs = inMasks(folder)
                || inputs.stream().anyMatch(i -> Outputs.same(i.toAbsolutePath().getParent(), folder));
    }

    /** Masks of a data set lie in its folder {@code masks}, in folders like those of the images. */
    private static boolean inMasks(Path folder) {
        try {
            for (Path part : folder.toRealPath()) {
                if (part.toString().equalsIgnoreCase("masks")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new HoneException(folder + ": cannot be read, " + FileErrors.reason(e), e);
        }
    }

    /** Of the next map. @param label of the class it explains where there is one map for each, else empty */
    public Path of(Path image, String label) {
        String stem = image.getFileName().toString().replaceFirst("\\.[^.]*$", "")
                + (amongInputs ? "-map" : "")
                + suffix(label);
        Path path = folder.resolve(stem + "." + extension);
        for (int i = 2; isInput(path) || !taken.add(path); i++) {
            path = folder.resolve(stem + "-" + i + "." + extension);
        }
        return path;
    }

    /** Of a picture's name, for the class that it explains; none without a class. */
    static String suffix(String label) {
        return label.isEmpty() ? "" : "-" + label.replaceAll("[^\\p{L}\\p{N}._]+", "_");
    }

    private boolean isInput(Path path) {
        return Files.exists(path) && inputs.stream().anyMatch(input -> Outputs.same(path, input));
    }
}
