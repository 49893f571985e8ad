package dev.hone.compress.weights;

import dev.hone.compress.CompressionException;

/**
 * How weights are stored in few bits.
 *
 * @param bits 4 or 8
 * @param blockSize weights of one output that share a quantization scale and a zero point: 16, 32, 64, 128 or 256
 * @param symmetric whether the zero point is the middle of the levels, which saves the zero points
 * @param rounding how the integers are chosen
 * @param accuracyLevel what the runtime computes with: 1 float, 4 activations in 8 bits, which is faster; the
 *     {@code accuracy_level} of {@code MatMulNBits}
 * @param embeddings whether tables that rows are looked up in are stored so too
 */
public record WeightOptions(
        int bits, int blockSize, boolean symmetric, Rounding rounding, int accuracyLevel, boolean embeddings) {
    public WeightOptions {
        if (bits != 4 && bits != 8) {
            throw new CompressionException("weights of " + bits + " bits, expected 4 or 8");
        }
        if (blockSize < 16 || blockSize > 256 || Integer.bitCount(blockSize) != 1) {
            throw new CompressionException("blocks of " + blockSize + " weights, expected 16, 32, 64, 128 or 256");
        }
        if (accuracyLevel < 0 || accuracyLevel > 4) {
            throw new CompressionException("accuracy level " + accuracyLevel + ", expected 0 to 4");
        }
    }

    /** Blocks of 32 with a zero point each, rounded to nearest, activations in 8 bits. */
    public static WeightOptions ofBits(int bits) {
        return new WeightOptions(bits, 32, false, Rounding.NEAREST, 4, true);
    }

    public WeightOptions withBlockSize(int value) {
        return new WeightOptions(bits, value, symmetric, rounding, accuracyLevel, embeddings);
    }

    public WeightOptions withSymmetric(boolean value) {
        return new WeightOptions(bits, blockSize, value, rounding, accuracyLevel, embeddings);
    }

    public WeightOptions withRounding(Rounding value) {
        return new WeightOptions(bits, blockSize, symmetric, value, accuracyLevel, embeddings);
    }

    public WeightOptions withAccuracyLevel(int value) {
        return new WeightOptions(bits, blockSize, symmetric, rounding, value, embeddings);
    }

    public WeightOptions withEmbeddings(boolean value) {
        return new WeightOptions(bits, blockSize, symmetric, rounding, accuracyLevel, value);
    }

    /** The largest level; the smallest is 0. */
    int top() {
        return (1 << bits) - 1;
    }

    /** The level that stands for 0 where the zero point is not stored. */
    int middle() {
        return 1 << (bits - 1);
    }
}
