package dev.hone.data;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.OwnFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The images below a folder, by folder, and what lies there besides. Links are followed, except in circles. Folders of
 * masks are passed over.
 */
final class FolderTree {
    static final String HIDDEN = "hidden, ignored";
    static final String NOT_IMAGES = "not an image by name, ignored";
    private static final String SPECIAL = "ignored (pipe, socket or device)";
    private static final String DANGLING = "ignored (link to nothing)";
    private static final String CIRCLES = "ignored (link back to a folder above it)";
    private static final String UNREADABLE = "ignored (not readable)";

    private final Path root;
    private final Deque<Path> above = new ArrayDeque<>();
    private final Map<String, List<String>> ignored = new LinkedHashMap<>();
    private final Folder top;

    /**
     * A folder and its images.
     *
     * @param name the last part of its path
     * @param images the files in it that are images by name, sorted
     * @param folders the folders in it, sorted
     */
    record Folder(Path path, String name, List<Path> images, List<Folder> folders) {
        /** All images in it and in the folders below. */
        Stream<Path> all() {
            return Stream.concat(images.stream(), folders.stream().flatMap(Folder::all));
        }

        boolean hasImages() {
            return !images.isEmpty() || folders.stream().anyMatch(Folder::hasImages);
        }

        /** The folders in it that have images. */
        List<Folder> filled() {
            return folders.stream().filter(Folder::hasImages).toList();
        }
    }

    FolderTree(Path root) {
        this.root = root;
        for (String what : List.of(HIDDEN, NOT_IMAGES, SPECIAL, DANGLING, CIRCLES, UNREADABLE)) {
            ignored.put(what, new ArrayList<>());
        }
        try {
            top = folder(root, root.toRealPath());
        } catch (IOException e) {
            throw new HoneException(root + ": cannot be listed, " + FileErrors.reason(e), e);
        }
    }

    Folder top() {
        return top;
    }

    /** Names of what was ignored, by why. */
    Map<String, List<String>> ignored() {
        return ignored;
    }

    /** The path below the root, with slashes. */
    String name(Path path) {
        String name = root.relativize(path).toString();
        return File.separatorChar == '/' ? name : name.replace(File.separatorChar, '/');
    }

    private static String lastPart(Path path) {
        Path last = path.getFileName();
        return last == null ? path.toString() : last.toString();
    }

    private static boolean isHidden(Path path) {
        return ImageNames.isHidden(lastPart(path));
    }

    /** @param real its path without links */
    private Folder folder(Path folder, Path real) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(null);
        List<Path> images = new ArrayList<>();
        List<Folder> folders = new ArrayList<>();
        above.push(real);
        List<Path> files = new ArrayList<>();
        for (Path entry : entries) {
            if (!Files.isDirectory(entry)) {
                files.add(entry);
            } else if (!isHidden(entry)) {
                below(entry, real, folders);
            }
        }
        files.forEach(file -> file(file, images));
        above.pop();
        return new Folder(folder, lastPart(folder), images, folders);
    }

    private void below(Path folder, Path parent, List<Folder> folders) {
        try {
            Path real = Files.isSymbolicLink(folder) ? folder.toRealPath() : parent.resolve(folder.getFileName());
            if (above.stream().anyMatch(a -> a.startsWith(real))) {
                ignored.get(CIRCLES).add(name(folder));
            } else if (!Masks.isFolder(folder)) {
                folders.add(folder(folder, real));
            }
        } catch (IOException e) {
            ignored.get(UNREADABLE).add(name(folder));
        }
    }

    private void file(Path file, List<Path> images) {
        if (isHidden(file)) {
            if (!OwnFiles.isOwn(lastPart(file))) {
                ignored.get(HIDDEN).add(name(file));
            }
            return;
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                if (!Files.exists(file)) {
                    ignored.get(DANGLING).add(name(file));
                    return;
                }
                attributes = Files.readAttributes(file, BasicFileAttributes.class);
            }
            if (!attributes.isRegularFile()) {
                ignored.get(SPECIAL).add(name(file));
            } else if (ImageNames.matches(file)) {
                images.add(file);
            } else {
                ignored.get(NOT_IMAGES).add(name(file));
            }
        } catch (IOException e) {
            ignored.get(UNREADABLE).add(name(file));
        }
    }
}
