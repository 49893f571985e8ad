package dev.hone.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a tensor: on the heap, or a memory-mapped range of a file. */
public sealed interface TensorData {
    long size();

    /** A read-only little-endian view of a range of at most 2 GiB. */
    ByteBuffer slice(long offset, int length);

    /** All of it. @throws GraphException past 2 GiB */
    default ByteBuffer all() {
        if (size() > Integer.MAX_VALUE) {
            throw new GraphException("a tensor of " + size() + " bytes must be read in pieces");
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

    /**
     * A memory-mapped range of a file, loaded when read. It stays readable if the file is replaced, so that a model may
     * overwrite the file it was read from.
     */
    static TensorData mapped(Path file, long offset, long length) {
        return Mapped.open(file, offset, length);
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

    /**
     * @param file path when it was mapped
     * @param offset offset of the first byte in the file
     * @param pieces buffers of {@link #PIECE} bytes, the last one shorter; a single one if everything fits into a
     *     buffer
     */
    record Mapped(Path file, long offset, List<ByteBuffer> pieces, int pieceSize, long size) implements TensorData {
        private static final int PIECE = 1 << 30;

        static Mapped open(Path file, long offset, long length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (offset < 0 || length > channel.size() - offset) {
                    throw new GraphException(file + " ends at byte " + channel.size() + ", a tensor needs " + length
                            + " bytes from " + offset + " on; the file is truncated or belongs to another model");
                }
                int pieceSize = length <= Integer.MAX_VALUE ? (int) Math.max(length, 1) : PIECE;
                List<ByteBuffer> pieces = new ArrayList<>();
                for (long at = 0; at < length; at += pieceSize) {
                    long count = Math.min(pieceSize, length - at);
                    pieces.add(channel.map(FileChannel.MapMode.READ_ONLY, offset + at, count));
                }
                return new Mapped(file, offset, List.copyOf(pieces), pieceSize, length);
            } catch (IOException e) {
                throw new GraphException("cannot read tensor data from " + file + ": " + e.getMessage(), e);
            }
        }

        @Override
        public ByteBuffer slice(long at, int count) {
            if (at < 0 || count < 0 || count > size - at) {
                throw new IndexOutOfBoundsException(at + "+" + count + " of " + size);
            }
            if (count == 0) {
                return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
            }
            int piece = (int) (at / pieceSize);
            int inside = (int) (at % pieceSize);
            if (count <= pieceSize - inside) {
                return pieces.get(piece).slice(inside, count).order(ByteOrder.LITTLE_ENDIAN);
            }
            ByteBuffer joined = ByteBuffer.allocate(count);
            while (joined.hasRemaining()) {
                int part = Math.min(joined.remaining(), pieceSize - inside);
                joined.put(pieces.get(piece).slice(inside, part));
                piece++;
                inside = 0;
            }
            return joined.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
