package dev.hone.model;

import dev.hone.data.Batch;
import dev.hone.runtime.NativeTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arrays of a batch as the runtime takes them, without a copy. Close it before the batch. */
public final class Feeds implements AutoCloseable {
    private final Map<String, NativeTensor> tensors = new LinkedHashMap<>();

    private Feeds() {}

    /**
     * The arrays that a model takes, by its inputs' names. A model with one input takes the batch's only input array,
     * whatever that is called.
     *
     * @param inputs names of the model's inputs
     */
    public static Feeds of(Batch batch, List<String> inputs) {
        Feeds feeds = new Feeds();
        Map<String, Batch.Array> arrays = batch.inputs();
        for (String input : inputs) {
            Batch.Array array = arrays.get(input);
            if (array == null && arrays.size() == 1 && inputs.size() == 1) {
                array = new ArrayList<>(arrays.values()).get(0);
            }
            if (array == null) {
                throw new IllegalArgumentException("no array for input '" + input + "', found " + arrays.keySet());
            }
            feeds.add(input, array);
        }
        return feeds;
    }

    /** Also the array of what is learned, under the given name. */
    public Feeds withTargets(Batch batch, String name) {
        add(name, batch.array(Batch.TARGETS));
        return this;
    }

    private void add(String name, Batch.Array array) {
        tensors.put(name, NativeTensor.of(array.type().onnx(), array.bytes(), array.dims()));
    }

    public Map<String, NativeTensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        tensors.values().forEach(NativeTensor::close);
    }
}
