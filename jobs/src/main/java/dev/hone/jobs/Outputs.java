package dev.hone.jobs;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.OutputException;
import dev.hone.core.file.OutputLock;
import dev.hone.core.file.OwnFiles;
import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.data.ImageNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Finds out before long work whether its results can be written, and that nothing which is read, or written by the same
 * job, would be lost by it: by the files that names lead to, not by the names.
 *
 * <p>Every job runs within {@link #holding}. What a job reads and writes stands in its options: a path is read unless its
 * {@link Setting#writes} says otherwise.
 */
public final class Outputs {
    /** Where the system has them as files: what this process prints to. */
    private static final List<Path> PRINTED = List.of(Path.of("/dev/fd/1"), Path.of("/dev/fd/2"));

    private final List<Path> read = new ArrayList<>();
    private final List<Path> written = new ArrayList<>();

    /** What is written under the names that were asked for; the files beside them go with these. */
    private final List<Path> named = new ArrayList<>();

    private Outputs(List<Path> read) {
        this.read.addAll(read);
    }

    /**
     * Checks all files that a job's options name.
     *
     * @param more further files that are read, such as the recipe with the options
     * @throws HoneException if a file cannot be made at its place, or something would be lost
     */
    public static <R extends Record> Outputs of(R options, Path... more) {
        @SuppressWarnings("unchecked")
        Options<R> known = Options.of((Class<R>) options.getClass());
        Outputs outputs = new Outputs(Arrays.asList(more));
        List<Path> targets = new ArrayList<>();
        for (Options.Option option : known.list()) {
            Object value = known.values(options).get(option.name());
            for (Object item : value instanceof List<?> list ? list : value == null ? List.of() : List.of(value)) {
                if (isPath(option)) {
                    Path path = Path.of(item.toString());
                    String[] suffixes = option.setting().writes();
                    for (String suffix : suffixes) {
                        if (!suffix.equals(Setting.FOLDER)) {
                            targets.add(suffix.isEmpty() ? path : beside(path, suffix));
                            if (suffix.isEmpty()) {
                                outputs.named.add(path);
                            }
                        }
                    }
                    if (suffixes.length == 0) {
                        outputs.read.add(path);
                    }
                }
            }
        }
        targets.forEach(outputs::require);
        return outputs;
    }

    /**
     * Does a job's work after its files are checked, and holds what it writes meanwhile: a second job that is to write the
     * same is refused.
     *
     * @throws HoneException if a file cannot be made at its place, something would be lost, or another job writes there
     */
    public static <O extends Record, R> R holding(O options, Supplier<R> work) {
        Outputs outputs = of(options);
        List<OutputLock> locks = new ArrayList<>();
        try {
            outputs.named.forEach(file -> locks.add(lock(file)));
            return work.get();
        } finally {
            locks.forEach(Outputs::release);
        }
    }

    private static OutputLock lock(Path file) {
        try {
            return OutputLock.take(file)
                    .orElseThrow(() -> new HoneException(file + " is being written by another run;"
                            + " wait until that is done, or choose another name"));
        } catch (IOException e) {
            throw new OutputException(file, e);
        }
    }

    private static void release(OutputLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            // The lock itself is gone; a file that stays does not block.
            return;
        }
    }

    /** Further files of an output lie beside the one that a link leads to. */
    private static Path beside(Path output, String suffix) {
        try {
            return Path.of((Files.isSymbolicLink(output) ? AtomicFile.target(output) : output) + suffix);
        } catch (IOException e) {
            throw new OutputException(output, e);
        }
    }

    private static boolean isPath(Options.Option option) {
        return option.type() == Path.class;
    }

    /**
     * Checks a further file that the job is going to write.
     *
     * @throws HoneException if it cannot be made at its place, or something would be lost
     */
    public void require(Path file) {
        requireWritable(file, read.toArray(Path[]::new));
        for (Path other : written) {
            if (same(file, other) || sameName(file, other)) {
                throw new HoneException(file + " is to be written twice by one command, once as " + other
                        + "; choose another name for one of them");
            }
        }
        written.add(file);
    }

    /** Whether two names that need not exist are one file; file systems may not tell upper from lower case. */
    private static boolean sameName(Path a, Path b) {
        return place(a).toString().equalsIgnoreCase(place(b).toString());
    }

    /** The path with its links resolved, also one that leads to a file which is not there yet. */
    private static Path place(Path file) {
        try {
            Path target = AtomicFile.target(file);
            return target.getParent() == null
                    ? target
                    : target.getParent().toRealPath().resolve(target.getFileName());
        } catch (IOException e) {
            // The folder is not there yet, so that nothing is linked.
            return file.toAbsolutePath().normalize();
        }
    }

    /**
     * @param inputs what is read, which may not be written over: models with their external data, data sets with what
     *     is in them; null where an option is not given
     * @throws HoneException if a file cannot be made there, or an input or an image would be lost
     */
    public static void requireWritable(Path file, Path... inputs) {
        if (file.toString().toLowerCase(Locale.ROOT).endsWith(".tflite")) {
            throw new HoneException(
                    file + ": models are written as ONNX, not as TFLite; choose a name that ends in .onnx");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new HoneException((file.toString().isEmpty() ? "the current folder" : file)
                    + " is a folder, expected the name of a file to write");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new HoneException(file + " is a device, pipe or socket, expected the name of a file to write");
        }
        if (PRINTED.stream().anyMatch(stream -> same(file, stream))) {
            throw new HoneException(
                    file + " is the file that messages are directed to; choose another name to write to");
        }
        for (Path input : inputs) {
            if (input == null) {
                continue;
            }
            if (same(file, input) || sameName(file, input)) {
                throw new HoneException(file + " is read" + (file.equals(input) ? "" : " as " + input)
                        + " and would be overwritten; choose another name to write to");
            }
            Path part = Files.exists(file) ? InputParts.partOf(input, file) : null;
            if (part != null) {
                throw new HoneException(file + " is read" + (file.equals(part) ? "" : " as " + part) + " with " + input
                        + " and would be overwritten; choose another name to write to");
            }
        }
        if (ImageNames.matches(file) && Files.exists(file)) {
            throw new HoneException(file + " is an image, which would be lost; choose another name to write to");
        }
        if (folder == null) {
            throw new HoneException(file + " is not the name of a file to write");
        }
        requireWritableFolder(folder);
    }

    /** Whether two names lead to one file that exists: links and other spellings count. */
    public static boolean same(Path a, Path b) {
        try {
            return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
        } catch (IOException e) {
            throw new HoneException("cannot compare " + a + " with " + b + ": " + FileErrors.reason(e), e);
        }
    }

    /** Makes the folder if need be. */
    public static void requireWritableFolder(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            Files.delete(Files.createTempFile(folder, OwnFiles.PREFIX, ".probe"));
        } catch (IOException e) {
            throw new OutputException(folder, e);
        }
    }
}
