package dev.hone.model;

import dev.hone.graph.analysis.BatchSize;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/** Cuts batches to the size at which each sample has the answer that it has alone, see {@link BatchSize}. */
public final class BatchParts {
    private BatchParts() {}

    /**
     * Hands on the parts of a batch by input name, each with its number of samples; rows behind those repeat the last one.
     * A batch that has the right size already is handed on as it is. Parts are closed after the consumer.
     *
     * @param batch tensors whose first axis counts samples; others are in every part
     */
    public static void forEach(
            BatchSize size, Map<String, NativeTensor> batch, ObjIntConsumer<Map<String, NativeTensor>> consumer) {
        int count = count(batch);
        int samples = Math.max(1, size.samples(count));
        if (count == 0 || samples >= count && size.rows(count) == count) {
            consumer.accept(batch, count);
            return;
        }
        for (int from = 0; from < count; from += samples) {
            int part = Math.min(samples, count - from);
            Map<String, NativeTensor> slices = new LinkedHashMap<>();
            List<NativeTensor> made = new ArrayList<>();
            try {
                for (Map.Entry<String, NativeTensor> entry : batch.entrySet()) {
                    NativeTensor all = entry.getValue();
                    boolean counts = all.dims().length > 0 && all.dims()[0] == count;
                    NativeTensor slice = counts ? slice(all, from, part, size.rows(part)) : all;
                    slices.put(entry.getKey(), slice);
                    if (counts) {
                        made.add(slice);
                    }
                }
                consumer.accept(slices, part);
            } finally {
                made.forEach(NativeTensor::close);
            }
        }
    }

    /**
     * One output of floats for all samples of a batch, row-major.
     *
     * @param batch as for {@link #forEach}
     */
    public static float[] run(Session session, BatchSize size, Map<String, NativeTensor> batch, String output) {
        List<float[]> parts = new ArrayList<>();
        forEach(size, batch, (part, samples) -> {
            try (NativeTensor found =
                    session.run(part, List.of(output), Map.of()).get(output)) {
                float[] all = found.floats();
                int rows = count(part);
                parts.add(rows == samples ? all : Arrays.copyOf(all, all.length / rows * samples));
            }
        });
        if (parts.size() == 1) {
            return parts.get(0);
        }
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static int count(Map<String, NativeTensor> batch) {
        return Math.toIntExact(batch.values().stream()
                .mapToLong(tensor -> tensor.dims().length == 0 ? 0 : tensor.dims()[0])
                .max()
                .orElse(0));
    }

    private static NativeTensor slice(NativeTensor all, int from, int count, int rows) {
        long[] dims = all.dims();
        ByteBuffer bytes = all.buffer();
        int sample = Math.toIntExact(bytes.remaining() / dims[0]);
        dims[0] = rows;
        NativeTensor part = NativeTensor.allocate(all.type(), dims);
        part.buffer().put(bytes.slice(Math.toIntExact((long) from * sample), Math.toIntExact((long) count * sample)));
        part.repeatLast(count);
        return part;
    }
}
