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
 * A file that appears under its name only when it is complete: until it is committed it is a hidden file beside its place,
 * and closing it uncommitted leaves what was there before. A symbolic link stays one; what it points to is replaced.
 */
public final class AtomicFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path target;
    private final Path part;
    private final FileChannel channel;

    /** Bytes of a file, in order. */
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

    /** Begins a file, in a folder that exists. */
    public static AtomicFile beside(Path target) throws IOException {
        return new AtomicFile(target);
    }

    /** Writes a file from beginning to end, in a folder that exists. */
    public static void write(Path target, Content content) throws IOException {
        try (AtomicFile file = beside(target)) {
            file.write(content);
            file.commit();
        }
    }

    /** Where parts of the content go in any order. */
    public FileChannel channel() {
        return channel;
    }

    /** Writes from the channel's position on. */
    public void write(Content content) throws IOException {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
        content.writeTo(out);
        out.flush();
    }

    /** Waits until the content is on the disk, where a loss of power does not reach it. */
    public void sync() throws IOException {
        channel.force(true);
    }

    /** Puts the file in its place, at once. */
    public void commit() throws IOException {
        channel.close();
        putInPlace(part, target);
    }

    /** Lets a file that was finished under another name of the same folder appear under its own, at once. */
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
