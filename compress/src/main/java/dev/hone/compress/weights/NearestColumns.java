package dev.hone.compress.weights;

/**
 * What {@link Nearest} does, for one block of each of many outputs at a time, whose weights lie input by input. Loops run
 * along the outputs, in floats and from the beginning of arrays, so that the compiler makes vector instructions of them:
 * levels stay in FP32s until as many as two bytes hold are put together. Tiles of outputs keep to the nearest cache.
 */
final class NearestColumns {
    private static final int TILE = 512;
    private static final float ROUNDER = 0x1.8p23f;

    private final Nearest nearest;
    private final int blockSize;
    private final int perShort;
    private final float levels;
    private final float[] line = new float[TILE];
    private final float[] low = new float[TILE];
    private final float[] high = new float[TILE];
    private final float[] perScale = new float[TILE];
    private final float[] zero = new float[TILE];
    private final float[] joined = new float[TILE];
    private final byte[] bytes;

    NearestColumns(Nearest nearest, int bits, int blockSize) {
        this.nearest = nearest;
        this.blockSize = blockSize;
        this.perShort = Short.SIZE / bits;
        this.levels = 1 << bits;
        this.bytes = new byte[TILE * blockSize * bits / 8];
    }

    /**
     * @param lines weights {@code [blockSize, count]}, 0 where the inputs have ended
     * @return whether all weights are finite; else nothing is to be made of the panel
     */
    boolean round(float[] lines, int count, int blockIndex, Packed.Panel panel) {
        Block block = new Block(0);
        for (int from = 0; from < count; from += TILE) {
            int some = Math.min(TILE, count - from);
            for (int n = 0; n < some; n++) {
                low[n] = 0;
                high[n] = 0;
            }
            for (int k = 0; k < blockSize; k++) {
                System.arraycopy(lines, k * count + from, line, 0, some);
                extend(some);
            }
            for (int n = 0; n < some; n++) {
                nearest.chooseScale(low[n], high[n], block);
                if (Float.isNaN(block.scale)) {
                    return false;
                }
                perScale[n] = 1 / block.scale;
                zero[n] = block.zero;
                panel.putScale(from + n, blockIndex, block);
            }
            int blobSize = bytes.length / TILE;
            for (int k = 0; k < blockSize; k += perShort) {
                for (int i = perShort - 1; i >= 0; i--) {
                    System.arraycopy(lines, (k + i) * count + from, line, 0, some);
                    join(some);
                }
                take(some, 2 * k / perShort, blobSize);
            }
            for (int n = 0; n < some; n++) {
                panel.putLevels(from + n, blockIndex, bytes, n * blobSize);
            }
        }
        return true;
    }

    /** Math.min and Math.max pass on what is no number. */
    private void extend(int some) {
        for (int n = 0; n < some; n++) {
            low[n] = Math.min(low[n], line[n]);
        }
        for (int n = 0; n < some; n++) {
            high[n] = Math.max(high[n], line[n]);
        }
    }

    /** Makes room for one more level in the lowest bits and puts it there; whole numbers up to 2^24 are exact. */
    private void join(int some) {
        float top = levels - 1;
        for (int n = 0; n < some; n++) {
            float level = line[n] * perScale[n] + ROUNDER - ROUNDER + zero[n];
            joined[n] = joined[n] * levels + Math.max(0, Math.min(top, level));
        }
    }

    /** Puts two bytes of levels of each output in their place and begins anew. */
    private void take(int some, int at, int blobSize) {
        for (int n = 0; n < some; n++) {
            int two = (int) joined[n];
            joined[n] = 0;
            bytes[n * blobSize + at] = (byte) two;
            bytes[n * blobSize + at + 1] = (byte) (two >> 8);
        }
    }
}
