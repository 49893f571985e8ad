package dev.hone.core.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file atomically. Data go to a hidden temporary file in the same folder, which {@link #commit} renames to the
 * target; closing without a commit leaves the old file unchanged. A symbolic link is kept; the file it points to is
 * replaced.
 */
public final class AtomicFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path target;
    private final Path part;
    private final FileChannel channel;

    /** Writes the content of a file sequentially. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        this.target = Files.isSymbolicLink(absolute) && Files.exists(absolute) ? absolute.toRealPath() : absolute;
        this.part = this.target.resolveSibling("." + this.target.getFileName() + "." + UUID.randomUUID() + ".part");
        this.channel = FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
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
        putInPlace(part, target);
    }

    /** Renames a complete file in the same folder to the target, atomically. */
    public static void putInPlace(Path finished, Path target) throws IOException {
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
    }
}
