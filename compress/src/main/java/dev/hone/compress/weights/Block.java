package dev.hone.compress.weights;

/**
 * Weights of one output that share a quantization scale and a zero point: weight {@code i} is {@code (level[i] - zero)
 * * scale}.
 */
final class Block {
    float scale;
    int zero;
    final byte[] levels;

    Block(int size) {
        levels = new byte[size];
    }

    int level(int i) {
        return levels[i] & 0xFF;
    }

    float value(int i) {
        return (level(i) - zero) * scale;
    }
}
