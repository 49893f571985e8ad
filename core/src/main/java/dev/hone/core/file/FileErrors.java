package dev.hone.core.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Readable reasons for failed file operations; the messages of Java's file exceptions are often only a path. */
public final class FileErrors {
    /** What is said behind the name of a file or folder that there is not. */
    public static final String MISSING = "no such file or folder; check the path";

    private FileErrors() {}

    /** The reason without the file name, where the exception separates the two. */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException missing) {
            return isOwn(missing.getFile())
                    ? "no file can be made there"
                    : missing.getFile() + ": no such file or folder";
        }
        if (e instanceof FileAlreadyExistsException existing) {
            return existing.getFile() + " exists already and is no folder";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static boolean isOwn(String file) {
        Path name = file == null ? null : Path.of(file).getFileName();
        return name != null && OwnFiles.isOwn(name.toString());
    }
}
