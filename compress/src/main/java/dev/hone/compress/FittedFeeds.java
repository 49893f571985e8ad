package dev.hone.compress;

import dev.hone.runtime.NativeTensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Samples in batches of a fixed size. Batches that have it already are handed on as they are. */
final class FittedFeeds extends CalibrationFeeds {
    private final CalibrationFeeds samples;
    private final int size;

    FittedFeeds(CalibrationFeeds samples, int size) {
        this.samples = samples;
        this.size = size;
    }

    @Override
    public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
        samples.forEachBatch(batch -> {
            long count = batch.values().stream()
                    .mapToLong(tensor -> tensor.dims().length == 0 ? 0 : tensor.dims()[0])
                    .max()
                    .orElse(0);
            if (count == size || count == 0) {
                consumer.accept(batch);
                return;
            }
            for (long from = 0; from < count; from += size) {
                Map<String, NativeTensor> part = new LinkedHashMap<>();
                try {
                    for (Map.Entry<String, NativeTensor> entry : batch.entrySet()) {
                        part.put(entry.getKey(), slice(entry.getValue(), from, Math.min(size, count - from)));
                    }
                    consumer.accept(part);
                } finally {
                    part.values().forEach(NativeTensor::close);
                }
            }
        });
    }

    private NativeTensor slice(NativeTensor batch, long from, long count) {
        long[] dims = batch.dims();
        ByteBuffer bytes = batch.buffer();
        int sample = Math.toIntExact(bytes.remaining() / dims[0]);
        dims[0] = size;
        NativeTensor part = NativeTensor.allocate(batch.type(), dims);
        part.buffer().put(bytes.slice(Math.toIntExact(from * sample), Math.toIntExact(count * sample)));
        part.repeatLast((int) count);
        return part;
    }
}
