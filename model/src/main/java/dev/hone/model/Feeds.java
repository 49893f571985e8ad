package dev.hone.model;

import dev.hone.core.HoneException;
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
     * @throws HoneException if the batch has no array for an input
     */
    public static Feeds of(Batch batch, List<String> inputs) {
        return of(batch, inputs, List.of());
    }

    /**
     * The same with the arrays of what is learned.
     *
     * @param targets names of arrays, none of them an input
     */
    public static Feeds of(Batch batch, List<String> inputs, List<String> targets) {
        Feeds feeds = new Feeds();
        Map<String, Batch.Array> arrays = batch.inputs();
        targets.forEach(arrays::remove);
        for (String input : inputs) {
            Batch.Array array = arrays.get(input);
            if (array == null && arrays.size() == 1 && inputs.size() == 1) {
                array = new ArrayList<>(arrays.values()).get(0);
            }
            if (array == null) {
                throw new HoneException(
                        "the batch has no array for the model's input '" + input + "', found " + arrays.keySet());
            }
            feeds.add(input, array);
        }
        for (String target : targets) {
            Batch.Array array = batch.arrays().get(target);
            if (array == null) {
                throw new HoneException("the batch has no array '" + target + "' of what is to be learned, found "
                        + batch.arrays().keySet());
            }
            feeds.add(target, array);
        }
        return feeds;
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
