package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.runtime.NativeTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Copies of a few calibration images that stand for all of them: the first ones of every batch. */
final class Samples implements AutoCloseable {
    private final List<NativeTensor> batches = new ArrayList<>();

    private Samples() {}

    /**
     * @param most about how many images
     * @param model that will take them: whole batches where it fixes their size
     */
    static Samples of(CalibrationData data, int most, Model model) {
        Shape shape = model.graph().inputs().get(0).shape();
        boolean fixedBatch = shape != null && shape.rank() > 0 && shape.dim(0).isConstant();
        long[] counted = new long[2];
        data.forEachBatch(batch -> {
            counted[0]++;
            counted[1] += batch.dims()[0];
        });
        if (counted[0] == 0) {
            throw new QuantizationException("no calibration images were given, expected at least one");
        }
        long each = Math.max(1, Math.min(counted[1], most) / counted[0]);
        Samples samples = new Samples();
        long[] taken = new long[1];
        data.forEachBatch(batch -> {
            if (taken[0] < most) {
                long part = fixedBatch ? batch.dims()[0] : Math.min(each, batch.dims()[0]);
                samples.batches.add(copy(batch, part));
                taken[0] += part;
            }
        });
        return samples;
    }

    private static NativeTensor copy(NativeTensor batch, long count) {
        long[] dims = batch.dims();
        ByteBuffer bytes = batch.buffer();
        int image = Math.toIntExact(bytes.remaining() / dims[0]);
        dims[0] = count;
        NativeTensor copy = NativeTensor.allocate(batch.type(), dims);
        copy.buffer().put(bytes.slice(0, Math.toIntExact(count * image)));
        return copy;
    }

    List<NativeTensor> batches() {
        return batches;
    }

    @Override
    public void close() {
        batches.forEach(NativeTensor::close);
    }
}
