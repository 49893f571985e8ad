package dev.hone.testkit;

import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.TensorInfo;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random inputs for a model: floats from N(0, 1), integers 0 or 1. */
public final class RandomInputs {
    private RandomInputs() {}

    /**
     * @param open size of dynamic dimensions, such as the batch
     * @return tensors by name, for the caller to close
     */
    public static Map<String, NativeTensor> of(List<TensorInfo> infos, long seed, long open) {
        Random random = new Random(seed);
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        for (TensorInfo info : infos) {
            long[] dims = info.dims();
            for (int i = 0; i < dims.length; i++) {
                dims[i] = dims[i] < 0 ? open : dims[i];
            }
            NativeTensor tensor = NativeTensor.allocate(info.elementType(), dims);
            fill(tensor, random);
            inputs.put(info.name(), tensor);
        }
        return inputs;
    }

    private static void fill(NativeTensor tensor, Random random) {
        ByteBuffer bytes = tensor.buffer();
        while (bytes.hasRemaining()) {
            switch (tensor.type()) {
                case 1 -> bytes.putFloat((float) random.nextGaussian());
                case 11 -> bytes.putDouble(random.nextGaussian());
                case 2, 3, 9 -> bytes.put((byte) random.nextInt(2));
                case 5 -> bytes.putShort((short) random.nextInt(2));
                case 6 -> bytes.putInt(random.nextInt(2));
                case 7 -> bytes.putLong(random.nextInt(2));
                default -> throw new OnnxRuntimeException("no random values for " + tensor);
            }
        }
    }
}
