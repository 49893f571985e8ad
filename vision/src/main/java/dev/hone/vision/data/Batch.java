package dev.hone.vision.data;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Images and what they should be called, in direct little-endian buffers that a native runtime reads in place. Close it
 * when the step that uses it is done: its buffers are then filled with a later batch.
 */
public final class Batch implements AutoCloseable {
    private final int epoch;
    private final int index;
    private final int[] samples;
    private final ByteBuffer images;
    private final ByteBuffer labels;
    private final ByteBuffer targets;
    private Consumer<Batch> recycle;

    Batch(int epoch, int index, int[] samples, ByteBuffer images, ByteBuffer labels, ByteBuffer targets) {
        this.epoch = epoch;
        this.index = index;
        this.samples = samples;
        this.images = images;
        this.labels = labels;
        this.targets = targets;
    }

    void onClose(Consumer<Batch> action) {
        recycle = action;
    }

    public int epoch() {
        return epoch;
    }

    /** The batch's number in its epoch, from 0. */
    public int index() {
        return index;
    }

    /** How many images it holds. */
    public int size() {
        return samples.length;
    }

    /** Indices of the samples in the store's data set. */
    public int[] samples() {
        return samples.clone();
    }

    /** [N,C,H,W], uint8 or float32 as the batches were asked for, of values 0..255 either way. */
    public ByteBuffer images() {
        return images;
    }

    /** [N] int64; of a mixed image, the label of its larger part. */
    public ByteBuffer labels() {
        return labels;
    }

    /** [N,K] float32, each row sums to 1: one-hot, or the shares of a mixed image. */
    public ByteBuffer targets() {
        return targets;
    }

    @Override
    public void close() {
        if (recycle != null) {
            recycle.accept(this);
            recycle = null;
        }
    }
}
