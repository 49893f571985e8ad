package dev.hone.jobs.recipe;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Tells whether a job, or a file that it reads or writes, is what it was. */
final class Fingerprints {
    /** Folders that every job changes and none depends on: the cache, the run history. */
    private static final Set<String> COMMON = Set.of("cache", "runs");

    private Fingerprints() {}

    /** Of the job and its options. */
    static String of(Step step) {
        return Sha256.of(step.job().name() + " " + new TreeMap<>(step.values()));
    }

    /** Of the files and folders that the options name, by their path; of those that exist. */
    static Map<String, String> files(Step step) {
        Map<String, String> files = new TreeMap<>();
        for (Options.Option option : Options.of(step.job().options()).list()) {
            Object value = step.values().get(option.name());
            if (option.type() != Path.class || value == null || COMMON.contains(option.name())) {
                continue;
            }
            Collection<?> paths = value instanceof List<?> list ? list : List.of(value);
            for (Object path : paths) {
                Path file = Path.of(path.toString());
                if (Files.exists(file)) {
                    files.put(path.toString(), content(file));
                }
            }
        }
        return files;
    }

    /** Names, sizes and times of the files; their bytes would take too long to read. */
    private static String content(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            StringBuilder text = new StringBuilder();
            tree.filter(Files::isRegularFile).sorted().forEach(file -> text.append(described(root, file)));
            return Sha256.of(text.toString());
        } catch (IOException e) {
            throw new HoneException("cannot read " + root + ": " + FileErrors.reason(e), e);
        } catch (UncheckedIOException e) {
            throw new HoneException("cannot read " + root + ": " + FileErrors.reason(e.getCause()), e);
        }
    }

    private static String described(Path root, Path file) {
        try {
            return root.relativize(file) + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
