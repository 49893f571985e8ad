package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.explain.SampledRows;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.jobs.NumpyInputs;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Rows of a NumPy file as a model takes them. */
final class ArrayRows {
    private ArrayRows() {}

    /**
     * @param input of the model; the array has its name
     * @throws HoneException if the array has other axes than the input, or is not finite
     */
    static NativeTensor all(Path file, Value input) throws IOException {
        return checked(file, input, new NumpyInputs(file).all(input.name()), row -> row);
    }

    /**
     * Rows to compare with.
     *
     * @param count how many are sampled from the file, at most
     * @throws HoneException if the array has other axes than the input, or a row that is sampled is not finite
     */
    static NativeTensor sampled(Path file, Value input, int count) throws IOException {
        NumpyInputs arrays = new NumpyInputs(file);
        int[] sampled = SampledRows.of(arrays.samples(), count, SampledRows.SEED);
        return checked(file, input, arrays.some(input.name(), sampled), row -> sampled[row]);
    }

    /** @param place of a row in the file */
    private static NativeTensor checked(Path file, Value input, NativeTensor tensor, IntUnaryOperator place) {
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
                throw new HoneException(
                        where + " has the value " + values[i] + " in row " + place.applyAsInt(i / length)
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
