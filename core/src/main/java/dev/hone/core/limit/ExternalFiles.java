package dev.hone.core.limit;

import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Resolves the files that a model names for its tensors: regular files in the model's folder or below. Links may leave the
 * folder only to where the model's own link points, as in download caches that link all files of a model to one store.
 */
public final class ExternalFiles {
    private final Path model;
    private final Map<String, Path> known = new HashMap<>();
    private final Map<Path, Long> sizes = new HashMap<>();

    /** @param model the file whose folder holds the external data */
    public ExternalFiles(Path model) {
        this.model = model;
    }

    /**
     * @param location as the model names it
     * @throws LimitException if it leads out of the folder, or to no regular file
     */
    public Path resolve(String location) {
        Path found = known.get(location);
        if (found == null) {
            found = find(location);
            known.put(location, found);
        }
        return found;
    }

    /**
     * Bytes of a file that a model names.
     *
     * @param file as resolved
     */
    public long size(Path file) {
        return sizes.computeIfAbsent(file, f -> {
            try {
                return Files.size(f);
            } catch (IOException e) {
                throw unreadable(f, e);
            }
        });
    }

    private Path find(String location) {
        Path folder = model.toAbsolutePath().normalize().getParent();
        Path file;
        try {
            Path relative = Path.of(location);
            file = folder.resolve(relative).normalize();
            if (relative.isAbsolute() || !file.startsWith(folder)) {
                throw new LimitException(
                        "names the external file '" + location + "' outside the model's folder, which is not allowed");
            }
        } catch (InvalidPathException e) {
            throw new LimitException("names the external file '" + location + "', which is not a valid path", e);
        }
        if (!Files.isRegularFile(file)) {
            throw new LimitException("is in the external file '" + location
                    + "', which is not in the model's folder; copy " + file + " there");
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath())
                    && !real.startsWith(model.toRealPath().getParent())) {
                throw new LimitException("names the external file '" + location
                        + "', a link to outside the model's folder, which is not allowed");
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return file;
    }

    private static LimitException unreadable(Path file, IOException e) {
        return new LimitException("is in " + file + ", which cannot be read: " + FileErrors.reason(e), e);
    }
}
