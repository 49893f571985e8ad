package dev.hone.cli;

import dev.hone.graph.HoneException;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** Rows of a NumPy file as a model takes them. */
final class ArrayRows {
    private ArrayRows() {}

    /**
     * @param input of the model; the array has its name
     * @param most how many rows, the first ones
     * @throws HoneException if the array has other axes than the input, or is not finite
     */
    static NativeTensor read(Path file, Value input, int most) throws IOException {
        NativeTensor tensor = new NumpyInputs(file).first(input.name(), most);
        String where = file + ": array '" + input.name() + "'";
        if (tensor.type() != 1 || tensor.dims().length < 2) {
            throw new HoneException(where + " is " + tensor + ", expected float32 [N,...] as the model takes it");
        }
        if (!fits(tensor.dims(), input.shape())) {
            throw new HoneException(where + " is " + tensor + ", the model takes " + input
                    + "; give it the model's axes in their order");
        }
        float[] values = tensor.floats();
        int length = values.length / Math.toIntExact(tensor.dims()[0]);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new HoneException(where + " has the value " + values[i] + " in row " + i / length
                        + ", expected finite numbers; look at what it was computed from");
            }
        }
        return tensor;
    }

    /** Whether all axes but the first are as long as the model says, where it does. */
    private static boolean fits(long[] dims, Shape shape) {
        return shape == null
                || shape.rank() == dims.length
                        && IntStream.range(1, dims.length)
                                .allMatch(i -> !shape.dim(i).isConstant()
                                        || shape.dim(i).constant() == dims[i]);
    }
}
