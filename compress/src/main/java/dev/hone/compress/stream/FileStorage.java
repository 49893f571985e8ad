package dev.hone.compress.stream;

import dev.hone.core.ElementType;
import dev.hone.core.file.FileErrors;
import dev.hone.graph.GraphException;
import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One file with the tensors one after the other, in the order in which they were allocated, so that the same plan gives
 * the same places. Tensors of a mebibyte or more begin at multiples of 64 KiB, so that a runtime can map them.
 */
final class FileStorage implements Storage, AutoCloseable {
    private static final long LARGE = 1 << 20;
    private static final long MAPPING = 64 << 10;
    private static final long ALIGNMENT = 64;

    private final Path file;
    private final FileChannel channel;
    private long end;

    FileStorage(Path file) throws IOException {
        this.file = file;
        this.channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
    }

    Path file() {
        return file;
    }

    /** Bytes that the tensors take together. */
    long size() {
        return end;
    }

    boolean holds(Tensor tensor) {
        return tensor.data() instanceof TensorData.Mapped mapped
                && mapped.file().equals(file);
    }

    @Override
    public Target allocate(ElementType type, long... dims) {
        long size = type.bytes(Tensor.count(dims));
        long alignment = size >= LARGE ? MAPPING : ALIGNMENT;
        long offset = (end + alignment - 1) / alignment * alignment;
        end = offset + size;
        try {
            if (channel.size() < end) {
                // The file gets its length at once and its contents later.
                channel.write(ByteBuffer.allocate(1), end - 1);
            }
        } catch (IOException e) {
            throw new GraphException(
                    "cannot write " + file + ": " + FileErrors.reason(e) + "; make room or choose another place", e);
        }
        Tensor tensor = Tensor.mapped(type, dims, file, offset);
        return new Target() {
            @Override
            public Tensor tensor() {
                return tensor;
            }

            @Override
            public void write(long at, ByteBuffer bytes) throws IOException {
                long position = offset + at;
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes, position);
                }
            }
        };
    }

    /** Waits until what was written is on the disk. */
    void force() throws IOException {
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
