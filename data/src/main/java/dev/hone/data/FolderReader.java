package dev.hone.data;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A data set from a folder with a folder per class, optionally under {@code train/}, {@code val/} and {@code test/}.
 * Below a class folder, images are taken at any depth.
 */
final class FolderReader {
    private final Path root;
    private final List<String> notices = new ArrayList<>();
    private final List<String> hidden = new ArrayList<>();
    private final List<String> notImages = new ArrayList<>();
    private final List<String> masks = new ArrayList<>();
    private final List<String> stray = new ArrayList<>();

    FolderReader(Path root) {
        this.root = root;
    }

    DataSet read() {
        TreeMap<String, TreeMap<String, Split>> found = new TreeMap<>(); // class -> file below root -> split
        List<Path> folders = folders(root);
        boolean divided = folders.stream().anyMatch(f -> splitOf(f) == Split.TRAIN);
        if (divided) {
            for (Path folder : folders) {
                Split split = splitOf(folder);
                if (split != null) {
                    folders(folder).forEach(c -> images(c, found, split));
                    stray(folder);
                } else if (!folder.getFileName().toString().equals("masks")) {
                    notices.add(folder + ": beside train/, not a split, left out");
                }
            }
        } else {
            folders.forEach(c -> images(c, found, Split.NONE));
        }
        stray(root);
        note(hidden, "hidden, ignored");
        note(notImages, "not an image by name, ignored");
        note(masks, "taken as masks of the JPEG beside them");
        note(stray, "in no class folder, ignored");
        if (found.isEmpty()) {
            List<String> empty = folders.stream().map(this::name).toList();
            throw new HoneException(root + ": no images in it"
                    + (empty.isEmpty() ? "" : ", nor in its folders " + String.join(", ", empty))
                    + "; expected a folder per class with PNG, JPEG, BMP or TIFF"
                    + " files (perhaps under train/, val/, test/), or a CSV with path,label,split"
                    + (notices.isEmpty() ? "" : " (" + String.join("; ", notices) + ")"));
        }
        List<String> classes = List.copyOf(found.keySet());
        List<Sample> samples = new ArrayList<>();
        found.forEach((label, files) -> files.forEach((name, split) ->
                samples.add(Sample.ofFile(root.resolve(name), name, classes.indexOf(label), split, ""))));
        return new DataSet(root, root, classes, samples, notices);
    }

    private static Split splitOf(Path folder) {
        return Split.named(folder.getFileName().toString());
    }

    private static boolean isHidden(Path p) {
        String name = p.getFileName().toString();
        return name.startsWith(".") || name.equals("__MACOSX") || name.equals("Thumbs.db");
    }

    private List<Path> folders(Path of) {
        try (Stream<Path> all = Files.list(of)) {
            return all.filter(p -> Files.isDirectory(p) && !isHidden(p))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new HoneException(of + ": cannot be listed, " + e.getMessage(), e);
        }
    }

    /** Counts the files that lie directly in a folder which should hold only folders. */
    private void stray(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(Files::isRegularFile).sorted().forEach(p -> {
                (isHidden(p) ? hidden : ImageNames.matches(p) ? stray : notImages).add(name(p));
            });
        } catch (IOException e) {
            throw new HoneException(folder + ": cannot be listed, " + e.getMessage(), e);
        }
    }

    private String name(Path p) {
        return root.relativize(p).toString().replace('\\', '/');
    }

    private void images(Path classFolder, TreeMap<String, TreeMap<String, Split>> found, Split split) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    classFolder,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                            return isHidden(dir) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (isHidden(file)) {
                                hidden.add(name(file));
                            } else if (ImageNames.matches(file)) {
                                files.add(file);
                            } else {
                                notImages.add(name(file));
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new HoneException(classFolder + ": cannot be listed, " + e.getMessage(), e);
        }
        Set<String> jpegs = new HashSet<>();
        files.stream().map(this::name).filter(Sample::isJpeg).forEach(n -> jpegs.add(stem(n)));
        for (String name : new TreeSet<>(files.stream().map(this::name).toList())) {
            if (!Sample.isJpeg(name) && name.endsWith(".png") && jpegs.contains(stem(name))) {
                masks.add(name);
            } else {
                found.computeIfAbsent(classFolder.getFileName().toString(), k -> new TreeMap<>())
                        .put(name, split);
            }
        }
    }

    private static String stem(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    private void note(List<String> names, String what) {
        if (!names.isEmpty()) {
            notices.add(root + ": " + Notices.count(names, "file", what));
        }
    }
}
