package dev.hone.compress.weights;

import dev.hone.compress.stream.Source;
import dev.hone.compress.stream.Storage;
import dev.hone.core.ElementType;
import dev.hone.graph.HalfFloats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Levels, scales and zero points of a matrix of N outputs and K inputs as {@code MatMulNBits} takes them: N rows of blocks
 * along K, two levels of 4 bits to a byte, the first in the lower half; the last block of a row is filled up.
 */
final class Packed {
    final int bits;
    final int blockSize;
    final int blocks;
    private final int blobSize;
    private final int zeroSize;
    private final ElementType scaleType;
    final Storage.Target levels;
    final Storage.Target scales;

    /** Null where every zero point is the middle of the levels. */
    final Storage.Target zeros;

    /**
     * @param flat whether the blocks of an output are one axis of the levels, [N, K], as {@code GatherBlockQuantized}
     *     takes them; K is then a multiple of the block's size
     */
    Packed(Storage storage, WeightOptions options, long outputs, long inputs, ElementType scaleType, boolean flat) {
        this.bits = options.bits();
        this.blockSize = options.blockSize();
        this.blocks = Math.toIntExact((inputs + blockSize - 1) / blockSize);
        this.blobSize = blockSize * bits / 8;
        this.zeroSize = (blocks * bits + 7) / 8;
        this.scaleType = scaleType;
        this.levels = flat
                ? storage.allocate(ElementType.UINT8, outputs, (long) blocks * blobSize)
                : storage.allocate(ElementType.UINT8, outputs, blocks, blobSize);
        this.scales = storage.allocate(scaleType, outputs, blocks);
        this.zeros = options.symmetric() ? null : storage.allocate(ElementType.UINT8, outputs, zeroSize);
    }

    /** Bytes that the levels of one output take. */
    int rowSize() {
        return blocks * blobSize;
    }

    /** Outputs from one index to another, filled in memory and then written. */
    final class Panel {
        private final int from;
        private final ByteBuffer levelBytes;
        private final ByteBuffer scaleBytes;
        private final byte[] zeroBytes;

        Panel(int from, int count, Source source) {
            this.from = from;
            int size = Math.multiplyExact(count, rowSize());
            this.levelBytes = ByteBuffer.wrap(source.scratch(size), 0, size);
            this.scaleBytes = ByteBuffer.allocate(Math.multiplyExact(count, blocks * scaleType.bits() / 8))
                    .order(ByteOrder.LITTLE_ENDIAN);
            this.zeroBytes = new byte[zeros == null ? 0 : count * zeroSize];
        }

        /** @param output counted from the panel's first one */
        void put(int output, int block, Block found, int count) {
            int index = output * blocks + block;
            byte[] bytes = levelBytes.array();
            int at = index * blobSize;
            byte[] levelsOf = found.levels;
            // Where K ends inside a block the rest stands for zero.
            for (int i = count; i < blockSize; i++) {
                levelsOf[i] = (byte) found.zero;
            }
            if (bits == 8) {
                System.arraycopy(levelsOf, 0, bytes, at, blockSize);
            } else {
                for (int i = 0; i < blockSize; i += 2) {
                    bytes[at + i / 2] = (byte) (levelsOf[i] | levelsOf[i + 1] << 4);
                }
            }
            putScale(output, block, found);
        }

        void putScale(int output, int block, Block found) {
            int index = output * blocks + block;
            switch (scaleType) {
                case FLOAT -> scaleBytes.putFloat(4 * index, found.scale);
                case FLOAT16 -> scaleBytes.putShort(2 * index, HalfFloats.toHalf(found.scale));
                default -> scaleBytes.putShort(2 * index, HalfFloats.toBfloat(found.scale));
            }
            if (zeros != null) {
                int place = output * zeroSize + block * bits / 8;
                zeroBytes[place] |= (byte) (bits == 4 && block % 2 == 1 ? found.zero << 4 : found.zero);
            }
        }

        /** @param from as the file has them, from index {@code at} on */
        void putLevels(int output, int block, byte[] from, int at) {
            System.arraycopy(from, at, levelBytes.array(), (output * blocks + block) * blobSize, blobSize);
        }

        void write() throws IOException {
            levels.write((long) from * rowSize(), levelBytes);
            scales.write((long) from * blocks * scaleType.bits() / 8, scaleBytes);
            if (zeros != null) {
                zeros.write((long) from * zeroSize, ByteBuffer.wrap(zeroBytes));
            }
        }
    }
}
