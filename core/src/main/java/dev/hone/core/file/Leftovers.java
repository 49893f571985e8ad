package dev.hone.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Temporary files, and those that a killed process left behind. Their names carry the process, and they are locked while
 * they are written: what no living process holds is deleted the next time that something is written to the folder.
 */
final class Leftovers {
    private static final Pattern NAME = Pattern.compile("\\.hone-(\\d{1,10})-[0-9a-f-]{36}\\.part");

    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();
    private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

    private Leftovers() {}

    /** A name for a temporary file that is in use from now on. */
    static Path name(Path folder) {
        Path part = folder.resolve(OwnFiles.PREFIX + ProcessHandle.current().pid() + "-" + UUID.randomUUID() + ".part");
        IN_USE.add(part);
        return part;
    }

    static void done(Path part) {
        IN_USE.remove(part);
    }

    /** Deletes what is left over in a folder, once in a process. */
    static void sweep(Path folder) {
        if (!SWEPT.add(folder)) {
            return;
        }
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, OwnFiles.PREFIX + "*.part")) {
            for (Path part : parts) {
                Matcher name = NAME.matcher(part.getFileName().toString());
                if (name.matches()
                        && !IN_USE.contains(part)
                        && !isAlive(Long.parseLong(name.group(1)))
                        && Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
                    delete(part);
                }
            }
        } catch (IOException e) {
            // They take room, no more; writing goes on.
            return;
        }
    }

    /** In a container each run has the same number: this process knows its own files. */
    private static boolean isAlive(long process) {
        return process != ProcessHandle.current().pid()
                && ProcessHandle.of(process).isPresent();
    }

    /** A process in another container has a number of its own there, but holds the lock here. */
    private static void delete(Path part) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(part);
            }
        } catch (OverlappingFileLockException e) {
            return;
        }
    }
}
