package dev.hone.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The bytes of a tensor: on the heap, or a range of a file that is mapped piece by piece as it is read. */
public sealed interface TensorData {
    long size();

    /** A read-only little-endian view of a range of at most 2 GiB. */
    ByteBuffer slice(long offset, int length);

    /** All of it. @throws GraphException past 2 GiB */
    default ByteBuffer all() {
        if (size() > Integer.MAX_VALUE) {
            throw new GraphException("a tensor of " + size() + " bytes has to be read in pieces");
        }
        return slice(0, (int) size());
    }

    default boolean contentEquals(TensorData other) {
        if (size() != other.size()) {
            return false;
        }
        int step = 1 << 24;
        for (long at = 0; at < size(); at += step) {
            int length = (int) Math.min(step, size() - at);
            if (!slice(at, length).equals(other.slice(at, length))) {
                return false;
            }
        }
        return true;
    }

    static TensorData of(ByteBuffer bytes) {
        return new Heap(bytes.duplicate().rewind().asReadOnlyBuffer());
    }

    static TensorData mapped(Path file, long offset, long length) {
        return new Mapped(file, offset, length);
    }

    record Heap(ByteBuffer bytes) implements TensorData {
        @Override
        public long size() {
            return bytes.capacity();
        }

        @Override
        public ByteBuffer slice(long offset, int length) {
            return bytes.slice(Math.toIntExact(offset), length).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    record Mapped(Path file, long offset, long length) implements TensorData {
        @Override
        public long size() {
            return length;
        }

        @Override
        public ByteBuffer slice(long at, int count) {
            if (at < 0 || at + count > length) {
                throw new IndexOutOfBoundsException(at + "+" + count + " of " + length);
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (offset + at + count > channel.size()) {
                    throw new GraphException(file + " ends at byte " + channel.size() + ", a tensor needs bytes up to "
                            + (offset + at + count) + "; the file is truncated");
                }
                return channel.map(FileChannel.MapMode.READ_ONLY, offset + at, count)
                        .order(ByteOrder.LITTLE_ENDIAN);
            } catch (IOException e) {
                throw new GraphException("cannot read tensor data from " + file + ": " + e.getMessage(), e);
            }
        }
    }
}
