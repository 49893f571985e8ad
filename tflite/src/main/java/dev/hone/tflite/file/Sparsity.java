package dev.hone.tflite.file;

import java.util.List;

/**
 * Which elements of a tensor are stored.
 *
 * @param order of the axes in which elements are stored; numbers from the rank on are blocks
 * @param blockMap the axis that each block divides
 * @param axes in that order
 */
public record Sparsity(int[] order, int[] blockMap, List<Axis> axes) {
    /**
     * @param size of a dense axis
     * @param bounds of a compressed one: element i of the axes before has the indices from bound i to bound i + 1
     * @param indices along a compressed axis
     */
    public record Axis(boolean isDense, int size, int[] bounds, int[] indices) {}
}
