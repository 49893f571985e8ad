package dev.hone.data.table;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Rows of a fixed size: a hash of the content, the target, the numbers, the categories. A small table lies on the heap; the
 * rows of a larger one lie in a file that is mapped into memory and is gone from its folder as soon as it is mapped.
 */
final class RowStore {
    /** Larger tables are kept in a file. */
    static final long ON_HEAP = 1 << 23;

    private static final int BLOCK = 1 << 16;
    private static final int HASH = 0;
    private static final int TARGET = Long.BYTES;
    private static final int VALUES = TARGET + Float.BYTES;

    private final int numbers;
    private final int rowBytes;
    private final int perSegment;
    private final ByteBuffer[] segments;
    private final int rows;

    private RowStore(int numbers, int rowBytes, int perSegment, ByteBuffer[] segments, int rows) {
        this.numbers = numbers;
        this.rowBytes = rowBytes;
        this.perSegment = perSegment;
        this.segments = segments;
        this.rows = rows;
    }

    int rows() {
        return rows;
    }

    long hash(int row) {
        return segments[row / perSegment].getLong(at(row) + HASH);
    }

    /** The target as a number; of a class its index, -1 where it is not known. */
    float target(int row) {
        return segments[row / perSegment].getFloat(at(row) + TARGET);
    }

    float number(int row, int column) {
        return segments[row / perSegment].getFloat(at(row) + VALUES + column * Float.BYTES);
    }

    int category(int row, int column) {
        return segments[row / perSegment].getInt(at(row) + VALUES + (numbers + column) * Float.BYTES);
    }

    private int at(int row) {
        return row % perSegment * rowBytes;
    }

    /** Takes rows one after the other. */
    static final class Writer implements AutoCloseable {
        private final int numbers;
        private final int rowBytes;
        private final Path file;
        private final FileChannel channel;
        private final ByteBuffer block;
        private int rows;

        /** @param folder where the file of a large table goes, null for the system's folder of temporary files */
        Writer(int numbers, int categories, int mostRows, Path folder) {
            this.numbers = numbers;
            this.rowBytes = VALUES + (numbers + categories) * Float.BYTES;
            long bytes = (long) rowBytes * mostRows;
            if (bytes <= ON_HEAP) {
                file = null;
                channel = null;
                block = ByteBuffer.allocate((int) bytes).order(ByteOrder.nativeOrder());
                return;
            }
            try {
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                file = folder == null
                        ? Files.createTempFile("hone-table", ".bin")
                        : Files.createTempFile(folder, "hone-table", ".bin");
                channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new HoneException(
                        "the rows of the table cannot be kept in " + (folder == null ? "the temporary folder" : folder)
                                + ", " + FileErrors.reason(e) + "; choose another folder or make room",
                        e);
            }
            block = ByteBuffer.allocateDirect(Math.max(BLOCK / rowBytes, 1) * rowBytes)
                    .order(ByteOrder.nativeOrder());
        }

        void add(long hash, float target, float[] numberCells, int[] categoryCells) {
            if (!block.hasRemaining()) {
                flush();
            }
            block.putLong(hash).putFloat(target);
            for (float value : numberCells) {
                block.putFloat(value);
            }
            for (int value : categoryCells) {
                block.putInt(value);
            }
            rows++;
        }

        private void flush() {
            block.flip();
            try {
                while (block.hasRemaining()) {
                    channel.write(block);
                }
            } catch (IOException e) {
                throw new HoneException(
                        file + ": the rows of the table cannot be written, " + FileErrors.reason(e) + "; make room", e);
            }
            block.clear();
        }

        RowStore finish() {
            if (file == null) {
                return new RowStore(numbers, rowBytes, Math.max(rows, 1), new ByteBuffer[] {block}, rows);
            }
            flush();
            int perSegment = (1 << 30) / rowBytes;
            ByteBuffer[] segments = new ByteBuffer[(rows + perSegment - 1) / perSegment];
            try {
                for (int i = 0; i < segments.length; i++) {
                    long from = (long) i * perSegment * rowBytes;
                    long size = Math.min((long) perSegment * rowBytes, (long) rows * rowBytes - from);
                    segments[i] = channel.map(FileChannel.MapMode.READ_ONLY, from, size)
                            .order(ByteOrder.nativeOrder());
                }
            } catch (IOException e) {
                throw new HoneException(file + ": cannot be mapped into memory, " + FileErrors.reason(e), e);
            }
            return new RowStore(numbers, rowBytes, perSegment, segments, rows);
        }

        /** Removes the file's name; the memory that is mapped stays valid. */
        @Override
        public void close() {
            if (file == null) {
                return;
            }
            try {
                channel.close();
                Files.deleteIfExists(file);
            } catch (IOException e) {
                file.toFile().deleteOnExit(); // where a mapped file cannot be removed
            }
        }
    }
}
