package dev.hone.jobs;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.HoneException;
import dev.hone.core.text.NpyArray;
import dev.hone.core.text.NpzReader;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Inputs of a model from NumPy's {@code .npz}: an array per input, by its name, whose first axis counts samples. */
public final class NumpyInputs extends CalibrationFeeds {
    private int batch = 8;
    private final Map<String, NpyArray> arrays;
    private final Path file;
    private final int samples;

    /** @throws HoneException if the file is damaged or its arrays have different numbers of samples */
    public NumpyInputs(Path file) throws IOException {
        this.file = file;
        this.arrays = NpzReader.read(file);
        List<Long> counts = arrays.values().stream()
                .map(a -> a.dims().length == 0 ? 0L : a.dims()[0])
                .distinct()
                .toList();
        if (counts.size() != 1 || counts.get(0) == 0) {
            throw new HoneException(
                    file + ": expected arrays with the same number of samples, found first axes of " + counts);
        }
        samples = Math.toIntExact(counts.get(0));
    }

    /** @param size samples of each batch but the last; 0 leaves it as it is */
    public NumpyInputs inBatchesOf(int size) {
        batch = size == 0 ? batch : size;
        return this;
    }

    @Override
    public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
        for (int from = 0; from < samples; from += batch) {
            int count = Math.min(batch, samples - from);
            Map<String, NativeTensor> tensors = new LinkedHashMap<>();
            try {
                for (Map.Entry<String, NpyArray> entry : arrays.entrySet()) {
                    tensors.put(entry.getKey(), slice(entry.getValue(), from, count));
                }
                consumer.accept(tensors);
            } finally {
                tensors.values().forEach(NativeTensor::close);
            }
        }
    }

    /** How many samples each array has. */
    public int samples() {
        return samples;
    }

    /** One array, a copy that is the caller's. */
    public NativeTensor all(String name) {
        return slice(named(name), 0, samples);
    }

    /** Some samples of one array, by their indices; a copy that is the caller's. */
    public NativeTensor some(String name, int... indices) {
        NpyArray array = named(name);
        int sample = array.bytes().length / samples;
        NativeTensor tensor = allocate(array, indices.length);
        ByteBuffer bytes = tensor.buffer();
        for (int index : indices) {
            bytes.put(array.bytes(), index * sample, sample);
        }
        return tensor;
    }

    private NpyArray named(String name) {
        if (!arrays.containsKey(name)) {
            throw new HoneException(
                    file + ": there is no array '" + name + "', the model's input, among " + arrays.keySet());
        }
        return arrays.get(name);
    }

    private NativeTensor slice(NpyArray array, int from, int count) {
        int sample = array.bytes().length / samples;
        NativeTensor tensor = allocate(array, count);
        tensor.buffer().put(array.bytes(), from * sample, count * sample);
        return tensor;
    }

    private static NativeTensor allocate(NpyArray array, int count) {
        long[] dims = array.dims().clone();
        dims[0] = count;
        return NativeTensor.allocate(array.type().onnx(), dims);
    }
}
