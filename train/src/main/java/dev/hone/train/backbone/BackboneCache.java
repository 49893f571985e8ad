package dev.hone.train.backbone;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.CacheFolder;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Backbones that a user added, one file each. The name of a file ends in the SHA-256 of its content, so that a damaged one is
 * noticed whenever it is read; it takes its place whole or not at all.
 */
public final class BackboneCache {
    private static final String SUFFIX = ".onnx";
    private static final String HASH = "-[0-9a-f]{64}";

    private final Path folder;

    /** @param folder made when the first backbone is added */
    public BackboneCache(Path folder) {
        this.folder = folder;
    }

    /**
     * That of this user: {@code backbones} in the {@link CacheFolder}.
     *
     * @throws HoneException if no folder can be used
     */
    public static BackboneCache open() {
        return new BackboneCache(CacheFolder.open().resolve("backbones"));
    }

    /** The file of a backbone, if it was added. */
    public Optional<Path> find(String name) {
        return files(name).stream().findFirst();
    }

    /**
     * Reads a backbone.
     *
     * @throws HoneException if it was not added, is damaged or cannot be read
     */
    public Model read(String name) {
        Path file = find(name)
                .orElseThrow(() -> new HoneException("backbone " + name
                        + " has not been added on this machine; add it once with the backbone job ('backbone add "
                        + name + "')"));
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (!file.getFileName().toString().equals(fileName(name, bytes))) {
                throw new HoneException(file + ": SHA-256 is " + Sha256.of(bytes)
                        + ", not the one in its name; the file is damaged, add " + name + " again");
            }
            return OnnxReader.read(bytes);
        } catch (IOException e) {
            throw new HoneException(file + ": " + FileErrors.reason(e), e);
        } catch (GraphException e) {
            throw new HoneException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Keeps a backbone, in place of an earlier one of that name.
     *
     * @param onnx a serialized model
     * @return its file
     * @throws HoneException if it cannot be written; what was there before stays
     */
    public Path add(String name, byte[] onnx) {
        Path file = folder.resolve(fileName(name, onnx));
        try {
            Files.createDirectories(folder);
            AtomicFile.write(file, out -> out.write(onnx));
            for (Path earlier : files(name)) {
                if (!earlier.equals(file)) {
                    Files.deleteIfExists(earlier);
                }
            }
            return file;
        } catch (IOException e) {
            throw new HoneException(file + ": " + FileErrors.reason(e), e);
        }
    }

    /**
     * Deletes a backbone.
     *
     * @return whether there was one
     */
    public boolean remove(String name) {
        List<Path> files = files(name);
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new HoneException(file + ": cannot be deleted: " + FileErrors.reason(e), e);
            }
        }
        return !files.isEmpty();
    }

    private static String fileName(String name, byte[] onnx) {
        return name + "-" + Sha256.of(onnx) + SUFFIX;
    }

    private List<Path> files(String name) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> isOf(name, file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new HoneException(folder + ": " + FileErrors.reason(e), e);
        }
    }

    private static boolean isOf(String name, String file) {
        return file.startsWith(name) && file.substring(name.length()).matches(HASH + "\\" + SUFFIX);
    }
}
