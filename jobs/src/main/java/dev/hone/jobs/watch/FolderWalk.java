package dev.hone.jobs.watch;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Walks a folder that others change at the same time: what vanishes or cannot be read meanwhile is passed over. */
final class FolderWalk {
    private final Path excluded;
    private final Consumer<Path> folders;

    /**
     * @param excluded an absolute path, or null
     * @param folders hears of each folder before its files are listed
     */
    FolderWalk(Path excluded, Consumer<Path> folders) {
        this.excluded = excluded;
        this.folders = folders;
    }

    static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /** Links to folders above the watched one would make siblings part of it. */
    private static boolean leadsAbove(Path root, Path folder) {
        try {
            return Files.isSymbolicLink(folder) && root.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            return true;
        }
    }

    /** @return false if the visitor stopped the walk by answering false */
    boolean each(Path root, Predicate<Path> visitor) {
        boolean[] stopped = {false};
        try {
            Files.walkFileTree(
                    root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                            boolean left = !folder.equals(root)
                                    && (isHidden(folder)
                                            || leadsAbove(root, folder)
                                            || folder.toAbsolutePath()
                                                    .normalize()
                                                    .equals(excluded));
                            if (!left) {
                                folders.accept(folder);
                            }
                            return left ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            stopped[0] = attributes.isRegularFile() && !visitor.test(file);
                            return stopped[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException problem) {
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path folder, IOException problem) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            return true; // the next look sees more
        }
        return !stopped[0];
    }
}
