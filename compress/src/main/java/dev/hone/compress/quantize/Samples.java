package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.runtime.NativeTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies of a few calibration data that stand for all of them: the first ones of every batch. */
final class Samples implements AutoCloseable {
    private final List<Map<String, NativeTensor>> batches = new ArrayList<>();

    private Samples() {}

    /**
     * @param most about how many images
     * @param model that will take them: whole batches where it fixes their size
     */
    static Samples of(CalibrationFeeds data, int most, Model model) {
        boolean fixedBatch = model.graph().inputs().stream()
                .map(Value::shape)
                .anyMatch(shape ->
                        shape != null && shape.rank() > 0 && shape.dim(0).isConstant());
        long[] counted = new long[2];
        data.forEachBatch(batch -> {
            counted[0]++;
            counted[1] += count(batch);
        });
        if (counted[0] == 0) {
            throw new CompressionException("no calibration data were given, expected at least one");
        }
        long each = Math.max(1, Math.min(counted[1], most) / counted[0]);
        Samples samples = new Samples();
        long[] taken = new long[1];
        data.forEachBatch(batch -> {
            if (taken[0] < most) {
                long count = count(batch);
                long part = fixedBatch ? count : Math.min(each, count);
                Map<String, NativeTensor> copies = new LinkedHashMap<>();
                batch.forEach((name, tensor) ->
                        copies.put(name, rows(tensor) == count ? copy(tensor, part) : copy(tensor, rows(tensor))));
                samples.batches.add(copies);
                taken[0] += part;
            }
        });
        return samples;
    }

    /** How many samples a batch holds. */
    static long count(Map<String, NativeTensor> batch) {
        return batch.values().stream().mapToLong(Samples::rows).max().orElse(0);
    }

    /** The first axis; a scalar is one row for all samples. */
    private static long rows(NativeTensor tensor) {
        long[] dims = tensor.dims();
        return dims.length == 0 ? 1 : dims[0];
    }

    private static NativeTensor copy(NativeTensor batch, long count) {
        long[] dims = batch.dims();
        ByteBuffer bytes = batch.buffer();
        int image = Math.toIntExact(bytes.remaining() / Math.max(1, rows(batch)));
        if (dims.length > 0) {
            dims[0] = count;
        }
        NativeTensor copy = NativeTensor.allocate(batch.type(), dims);
        copy.buffer().put(bytes.slice(0, Math.toIntExact(count * image)));
        return copy;
    }

    List<Map<String, NativeTensor>> batches() {
        return batches;
    }

    @Override
    public void close() {
        batches.forEach(batch -> batch.values().forEach(NativeTensor::close));
    }
}
