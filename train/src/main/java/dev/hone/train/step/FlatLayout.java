package dev.hone.train.step;

import dev.hone.graph.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Where named tensors of floats lie in one vector. */
public final class FlatLayout {
    /** A tensor's place: elements {@code offset} to {@code offset + count}. */
    public record Entry(String name, long[] dims, long offset) {
        public long count() {
            return Tensor.count(dims);
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private long total;

    void add(String name, long[] dims) {
        Entry entry = new Entry(name, dims.clone(), total);
        entries.add(entry);
        total += entry.count();
    }

    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The length of the vector. */
    public long total() {
        return total;
    }

    /** Sizes of the entries, in order. */
    long[] counts() {
        return entries.stream().mapToLong(Entry::count).toArray();
    }

    /** A copy of one entry out of the vector. */
    public Tensor read(Entry entry, FloatBuffer vector) {
        float[] values = new float[Math.toIntExact(entry.count())];
        vector.duplicate().position(Math.toIntExact(entry.offset())).get(values);
        return Tensor.ofFloats(values, entry.dims());
    }
}
