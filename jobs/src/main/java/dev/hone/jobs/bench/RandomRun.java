package dev.hone.jobs.bench;

import dev.hone.core.ElementType;
import dev.hone.core.option.OptionException;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** A model with inputs of random numbers, made once: each run does the same work. */
public final class RandomRun implements Runnable, AutoCloseable {
    private static final int FLOAT = 1;
    private static final int UINT8 = 2;

    private final Session session;
    private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();

    /**
     * @param batch size of a first axis that the model leaves open
     * @param shape of the inputs, empty for what the model says
     * @throws OptionException if the model leaves another axis open and no shape is given
     */
    public RandomRun(Path file, SessionOptions options, int batch, List<Integer> shape) {
        session = ModelFiles.open(file, options);
        try {
            Random random = new Random(1);
            session.inputs().forEach(info -> {
                long[] dims = shape.isEmpty()
                        ? info.dims().clone()
                        : shape.stream().mapToLong(Integer::longValue).toArray();
                for (int i = 0; i < dims.length; i++) {
                    if (dims[i] < 0 && i > 0) {
                        throw new OptionException(
                                "input",
                                "needed, as " + file + " leaves the size of its input " + info
                                        + " open; for example 1,3,224,224");
                    }
                    // The first axis of an image is a batch, of other inputs it may be a sequence.
                    boolean fixed = dims.length == 4 && session.batch() > 0;
                    dims[i] = dims[i] < 0 ? fixed ? session.batch() : batch : dims[i];
                }
                NativeTensor tensor = NativeTensor.allocate(info.elementType(), dims);
                inputs.put(info.name(), tensor);
                fill(tensor, random);
            });
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Floats from 0 to 1; bytes over their whole range; other integers stay 0, the one index that is always right. */
    private static void fill(NativeTensor tensor, Random random) {
        ByteBuffer buffer = tensor.buffer();
        if (tensor.type() == FLOAT) {
            while (buffer.hasRemaining()) {
                buffer.putFloat(random.nextFloat());
            }
        } else if (tensor.type() == UINT8) {
            while (buffer.hasRemaining()) {
                buffer.put((byte) random.nextInt());
            }
        }
    }

    /** Samples in a run, as the inputs that were made say. */
    public int batch() {
        long[] dims = inputs.isEmpty()
                ? new long[0]
                : inputs.values().iterator().next().dims();
        return dims.length == 0 ? 1 : (int) dims[0];
    }

    /** Types and shapes of what a run takes, such as {@code float32 [1, 3, 64, 64]}, in the model's order; names do not count. */
    String inputs() {
        return inputs.values().stream()
                .map(tensor -> ElementType.ofOnnx(tensor.type()) + " " + Arrays.toString(tensor.dims()))
                .collect(Collectors.joining(", "));
    }

    @Override
    public void run() {
        session.run(inputs).values().forEach(NativeTensor::close);
    }

    @Override
    public void close() {
        inputs.values().forEach(NativeTensor::close);
        session.close();
    }
}
