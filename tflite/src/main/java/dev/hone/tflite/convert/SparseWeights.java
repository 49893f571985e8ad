package dev.hone.tflite.convert;

import dev.hone.core.limit.MalformedException;
import dev.hone.tflite.file.Sparsity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Constants of which only some elements are stored. Axes are gone through in an order of their own; along a dense one every
 * index is stored, along a compressed one those that a list has between two bounds. Axes can be divided into blocks, which come
 * as further axes.
 */
final class SparseWeights {
    private static final long MOST_STEPS = 1 << 20;

    private final Sparsity sparsity;
    private final int width;
    private final ByteBuffer stored;
    private final byte[] all;
    private final int[] shape;
    private final int[] blockSizes;
    private int next;
    private long steps;

    private SparseWeights(Sparsity sparsity, int width, ByteBuffer stored, int... shape) {
        this.sparsity = sparsity;
        this.width = width;
        this.stored = stored;
        this.shape = shape;
        this.blockSizes = new int[shape.length];
        long elements = width;
        for (int size : shape) {
            elements *= size;
        }
        this.all = new byte[Math.toIntExact(elements)];
    }

    /**
     * All elements, zeros where none is stored.
     *
     * @param width bytes of an element
     * @param shape of the tensor
     */
    static ByteBuffer expanded(Sparsity sparsity, int width, ByteBuffer stored, int... shape) {
        SparseWeights weights = new SparseWeights(sparsity, width, stored, shape);
        int rank = shape.length;
        int levels = sparsity.order().length;
        if (sparsity.axes().size() != levels || levels != rank + sparsity.blockMap().length) {
            throw new MalformedException("a sparse tensor lacks the description of an axis");
        }
        boolean[] seen = new boolean[levels];
        for (int axis : sparsity.order()) {
            if (axis < 0 || axis >= levels || seen[axis]) {
                throw new MalformedException("a sparse tensor has the axis " + axis + " of " + levels);
            }
            seen[axis] = true;
        }
        for (int level = 0; level < levels; level++) {
            int axis = sparsity.order()[level];
            if (axis >= rank) {
                int of = sparsity.blockMap()[axis - rank];
                int size = sparsity.axes().get(level).size();
                if (of < 0 || of >= rank || size < 1) {
                    throw new MalformedException("a sparse tensor has blocks of the axis " + of);
                }
                weights.blockSizes[of] = size;
            }
        }
        weights.walk(0, 0, new int[levels]);
        return ByteBuffer.wrap(weights.all).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @param position of what was chosen along the axes before, among all that could be */
    private void walk(int level, int position, int[] index) {
        if (level == index.length) {
            put(index);
            return;
        }
        // Every place is met once; more steps than that are those of empty axes that a damaged file claims.
        if (++steps > MOST_STEPS + 2L * all.length * index.length) {
            throw new MalformedException("a sparse tensor has more places than elements");
        }
        Sparsity.Axis axis = sparsity.axes().get(level);
        int at = sparsity.order()[level];
        if (axis.isDense()) {
            for (int i = 0; i < axis.size(); i++) {
                index[at] = i;
                walk(level + 1, position * axis.size() + i, index);
            }
            return;
        }
        if (position < 0 || position + 1 >= axis.bounds().length) {
            throw new MalformedException("a sparse tensor ends within an axis");
        }
        int end = axis.bounds()[position + 1];
        for (int i = axis.bounds()[position]; i < end; i++) {
            if (i < 0 || i >= axis.indices().length) {
                throw new MalformedException("a sparse tensor has the element " + i + " of " + axis.indices().length);
            }
            index[at] = axis.indices()[i];
            walk(level + 1, i, index);
        }
    }

    private void put(int... index) {
        int place = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            int at = index[axis];
            for (int block = 0; block < sparsity.blockMap().length; block++) {
                if (sparsity.blockMap()[block] == axis) {
                    at = at * blockSizes[axis] + index[shape.length + block];
                }
            }
            if (at < 0 || at >= shape[axis]) {
                throw new MalformedException("a sparse tensor has an element at " + at + " of " + shape[axis]);
            }
            place = place * shape[axis] + at;
        }
        if ((next + 1L) * width > stored.capacity()) {
            throw new MalformedException("a sparse tensor has fewer elements than places for them");
        }
        stored.get(next * width, all, place * width, width);
        next++;
    }
}
