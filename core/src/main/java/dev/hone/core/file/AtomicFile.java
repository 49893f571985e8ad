package dev.hone.core.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Writes a file atomically. Data go to a hidden temporary file in the same folder, which {@link #commit} renames to the
 * target; closing without a commit leaves the old file unchanged. A symbolic link is kept; the file it points to is
 * replaced. A file that replaces another one has its mode and, where that is allowed, its owner. What a killed process
 * left behind is deleted by the next one that writes to the folder.
 */
public final class AtomicFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    /** As many links as Linux follows. */
    private static final int LINKS = 40;

    private final Path target;
    private final Path part;
    private final FileChannel channel;

    /** Writes the content of a file sequentially. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile(Path output) throws IOException {
        this.target = target(output);
        Path folder = target.getParent();
        Leftovers.sweep(folder);
        this.part = Leftovers.name(folder);
        boolean opened = false;
        FileChannel created = null;
        try {
            created = FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            lock(created);
            keepAccess(target, part);
            opened = true;
        } finally {
            if (!opened) {
                Leftovers.done(part);
                if (created != null) {
                    created.close();
                    Files.deleteIfExists(part);
                }
            }
        }
        this.channel = created;
    }

    /** Held until the channel is closed. */
    private static void lock(FileChannel channel) {
        try {
            channel.tryLock();
        } catch (IOException e) {
            // A file system without locks: another process knows by the name whose file it is.
            return;
        }
    }

    /**
     * The file that is written when a name is given: what links lead to, whether that exists or not.
     *
     * @throws IOException if links lead to each other
     */
    public static Path target(Path output) throws IOException {
        Path at = output.toAbsolutePath();
        for (int i = 0; i < LINKS && Files.isSymbolicLink(at); i++) {
            // A link leads on from the folder where it is, whatever the name of that is.
            Path folder = at.getParent() == null ? at : at.getParent().toRealPath();
            at = folder.resolve(Files.readSymbolicLink(at));
        }
        if (Files.isSymbolicLink(at)) {
            throw new FileSystemLoopException(output.toString());
        }
        return at;
    }

    /** A short name for a file, the same for all spellings of its folder. */
    static String key(Path target) throws IOException {
        Path folder = target.getParent().toRealPath();
        return Sha256.of(folder.resolve(target.getFileName()).toString()).substring(0, 16);
    }

    /** A file that replaces another one may be read and written by whom that one might be. */
    private static void keepAccess(Path old, Path replacement) throws IOException {
        if (!Files.isRegularFile(old)
                || !old.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        PosixFileAttributes access = Files.readAttributes(old, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(replacement, PosixFileAttributeView.class);
        PosixFileAttributes made = view.readAttributes();
        try {
            if (!made.group().equals(access.group())) {
                view.setGroup(access.group());
            }
            if (!made.owner().equals(access.owner())) {
                view.setOwner(access.owner());
            }
        } catch (IOException e) {
            // Only root may give files away: then it belongs to who wrote it, as any new file does.
            view.setPermissions(access.permissions());
            return;
        }
        view.setPermissions(access.permissions());
    }

    /** Starts writing {@code target}, whose folder must exist. */
    public static AtomicFile beside(Path target) throws IOException {
        return new AtomicFile(target);
    }

    /** Writes and commits {@code target}, whose folder must exist. */
    public static void write(Path target, Content content) throws IOException {
        try (AtomicFile file = beside(target)) {
            file.write(content);
            file.commit();
        }
    }

    /** The temporary file, in the folder of the target. */
    public Path part() {
        return part;
    }

    /** The channel of the temporary file, for random access. */
    public FileChannel channel() {
        return channel;
    }

    /** Writes at the channel's current position. */
    public void write(Content content) throws IOException {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
        content.writeTo(out);
        out.flush();
    }

    /** Flushes the content to disk (fsync). */
    public void sync() throws IOException {
        channel.force(true);
    }

    /** Renames the temporary file to the target, atomically. */
    public void commit() throws IOException {
        channel.close();
        move(part, target);
        Leftovers.done(part);
    }

    /** Renames a complete file in the same folder to the target, atomically. */
    public static void putInPlace(Path finished, Path target) throws IOException {
        keepAccess(target, finished);
        move(finished, target);
    }

    private static void move(Path finished, Path target) throws IOException {
        try {
            Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(finished, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(part);
        Leftovers.done(part);
    }
}
