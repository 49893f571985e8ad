package dev.hone.data;

import dev.hone.core.ElementType;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named arrays of one step and the samples that they were made of. The first axis of every array counts samples. Buffers
 * are direct and little-endian, so that a native runtime reads them in place. Close it when the step that uses it is
 * done: its buffers may then be filled with a later batch.
 */
public final class Batch implements AutoCloseable {
    /** The array of class indices, int64 [N]. */
    public static final String LABELS = "labels";

    /** The array that is learned: class probabilities [N,K] whose rows sum to 1, or numbers [N,M]; float32. */
    public static final String TARGETS = "targets";

    /**
     * One array.
     *
     * @param bytes from position 0 to its limit
     * @param dims the first one counts samples
     */
    public record Array(ElementType type, ByteBuffer bytes, long... dims) {
        /** The number of elements of one sample. */
        public long stride() {
            long count = 1;
            for (int i = 1; i < dims.length; i++) {
                count *= dims[i];
            }
            return count;
        }
    }

    private final int[] samples;
    private final Map<String, Array> arrays;
    private final Runnable release;

    /**
     * @param samples indices into the data set
     * @param release what to do when the batch is closed
     */
    public Batch(int[] samples, Map<String, Array> arrays, Runnable release) {
        this.samples = samples.clone();
        this.arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
        this.release = release;
    }

    /** How many samples it holds. */
    public int size() {
        return samples.length;
    }

    /** Indices of the samples in their data set. */
    public int[] samples() {
        return samples.clone();
    }

    /** All arrays by name. */
    public Map<String, Array> arrays() {
        return arrays;
    }

    /** The arrays that a model takes: all but {@link #LABELS} and {@link #TARGETS}. */
    public Map<String, Array> inputs() {
        Map<String, Array> inputs = new LinkedHashMap<>(arrays);
        inputs.remove(LABELS);
        inputs.remove(TARGETS);
        return inputs;
    }

    /** @throws IllegalArgumentException if there is no such array */
    public Array array(String name) {
        Array array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no array '" + name + "' in the batch, found " + arrays.keySet());
        }
        return array;
    }

    @Override
    public void close() {
        release.run();
    }
}
