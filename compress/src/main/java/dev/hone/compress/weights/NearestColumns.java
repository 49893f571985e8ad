package dev.hone.compress.weights;

/**
 * What {@link Nearest} does, for one block of each of many outputs at a time, whose weights lie input by input. Every loop
 * runs along the outputs, in floats, so that the compiler makes vector instructions of it: levels stay floats until as many
 * as two bytes hold are put together.
 */
final class NearestColumns {
    private static final float ROUNDER = 0x1.8p23f;

    private final Nearest nearest;
    private final int bits;
    private final int blockSize;
    private final float top;
    private final float[] low;
    private final float[] high;
    private final float[] perStep;
    private final float[] zero;
    private final float[] joined;

    NearestColumns(Nearest nearest, int bits, int blockSize, int outputs) {
        this.nearest = nearest;
        this.bits = bits;
        this.blockSize = blockSize;
        this.top = (1 << bits) - 1;
        this.low = new float[outputs];
        this.high = new float[outputs];
        this.perStep = new float[outputs];
        this.zero = new float[outputs];
        this.joined = new float[outputs];
    }

    /**
     * @param lines weights {@code [blockSize, count]}, 0 where the inputs have ended
     * @return whether all weights are finite; else nothing is to be made of the panel
     */
    boolean round(float[] lines, int count, int blockIndex, Packed.Panel panel) {
        for (int n = 0; n < count; n++) {
            low[n] = 0;
            high[n] = 0;
        }
        for (int k = 0; k < blockSize; k++) {
            extend(lines, k * count, count);
        }
        Block block = new Block(0);
        for (int n = 0; n < count; n++) {
            nearest.chooseStep(low[n], high[n], block);
            if (Float.isNaN(block.step)) {
                return false;
            }
            perStep[n] = 1 / block.step;
            zero[n] = block.zero;
            panel.putStep(n, blockIndex, block);
        }
        int some = Short.SIZE / bits;
        for (int k = 0; k < blockSize; k += some) {
            for (int n = 0; n < count; n++) {
                joined[n] = 0;
            }
            for (int i = some - 1; i >= 0; i--) {
                join(lines, (k + i) * count, count);
            }
            for (int n = 0; n < count; n++) {
                panel.putLevels(n, blockIndex, k, (short) (int) joined[n]);
            }
        }
        return true;
    }

    /** Math.min and Math.max pass on what is no number. */
    private void extend(float[] lines, int at, int count) {
        for (int n = 0; n < count; n++) {
            low[n] = Math.min(low[n], lines[at + n]);
        }
        for (int n = 0; n < count; n++) {
            high[n] = Math.max(high[n], lines[at + n]);
        }
    }

    /** Makes room for one more level in the lowest bits and puts it there; whole numbers up to 2^24 are exact. */
    private void join(float[] lines, int at, int count) {
        float range = top + 1;
        for (int n = 0; n < count; n++) {
            float level = lines[at + n] * perStep[n] + ROUNDER - ROUNDER + zero[n];
            joined[n] = joined[n] * range + Math.max(0, Math.min(top, level));
        }
    }
}
