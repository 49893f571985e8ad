package dev.hone.jobs;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.limit.ModelLimits;
import dev.hone.data.ImageNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which files an input consists of: the external data of a model, what is in a folder, the images that a table lists. */
final class InputParts {
    /** What data sets consist of beside images. Pages, models and maps may be written into a data set's folder. */
    private static final Set<String> DATA = Set.of("csv", "tsv", "txt", "json", "npz", "npy", "parquet", "yaml", "yml");

    private static final Pattern SEPARATOR = Pattern.compile("[,;\t]");

    private InputParts() {}

    /**
     * The part of an input that is the same file as another one.
     *
     * @param input a model, a table, a folder; what is none of these has no parts
     * @param file an existing file
     * @return null if none is
     */
    static Path partOf(Path input, Path file) {
        try {
            if (Files.isDirectory(input)) {
                return inFolder(input, file);
            }
            if (!Files.isRegularFile(input)) {
                return null;
            }
            return hasExtension(input, Set.of("csv", "tsv", "txt")) ? inTable(input, file) : inModel(input, file);
        } catch (IOException | UncheckedIOException e) {
            IOException cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
            throw new HoneException(
                    "cannot compare " + file + " with the files of " + input + ": " + FileErrors.reason(cause), e);
        }
    }

    private static boolean hasExtension(Path file, Set<String> extensions) {
        String name = file.getFileName().toString();
        return extensions.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    private static Path inModel(Path model, Path file) {
        for (Path data : ModelLimits.externalFiles(model)) {
            if (Outputs.same(data, file)) {
                return data;
            }
        }
        return null;
    }

    /**
     * A folder is gone through only for files that may be data, by their names or since they have several. Earlier results
     * are none: predictions of a folder may lie in it.
     */
    private static Path inFolder(Path folder, Path file) throws IOException {
        boolean mayBeData = hasExtension(file, DATA) || ImageNames.matches(file) || hasOtherNames(file);
        if (!mayBeData || PredictionColumns.areIn(file)) {
            return null;
        }
        Path[] found = new Path[1];
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), 32, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) {
                boolean data = hasExtension(at, DATA) || ImageNames.matches(at);
                if (data && attributes.isRegularFile() && Outputs.same(at, file)) {
                    found[0] = at;
                    return FileVisitResult.TERMINATE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path at, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found[0];
    }

    private static boolean hasOtherNames(Path file) throws IOException {
        return Files.isSymbolicLink(file)
                || !file.getFileSystem().supportedFileAttributeViews().contains("unix")
                || (Integer) Files.getAttribute(file, "unix:nlink") > 1;
    }

    /** Each cell of a table may be the path of an image, relative to the table. */
    private static Path inTable(Path table, Path file) throws IOException {
        Path folder = table.toAbsolutePath().getParent();
        boolean several = hasOtherNames(file);
        String name = file.getFileName().toString();
        try (BufferedReader reader = Files.newBufferedReader(table, StandardCharsets.ISO_8859_1)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String text = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
                for (String cell : SEPARATOR.split(text)) {
                    String path = cell.strip().replaceAll("^\"|\"$", "");
                    if (several || path.regionMatches(true, path.length() - name.length(), name, 0, name.length())) {
                        Path at = resolved(folder, path);
                        if (at != null && Files.isRegularFile(at) && Outputs.same(at, file)) {
                            return at;
                        }
                    }
                }
            }
        }
        return null;
    }

    private static Path resolved(Path folder, String path) {
        try {
            return path.isEmpty() ? null : folder.resolve(path);
        } catch (java.nio.file.InvalidPathException e) {
            return null;
        }
    }
}
