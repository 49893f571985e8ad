package dev.hone.benchmarks;

import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import java.util.Random;

/** Random inputs of a model's input shape. */
final class SyntheticInputs {
    private SyntheticInputs() {}

    /** The shape of the model's only input, for a given batch size. */
    static long[] dims(Model model, int batch) {
        Shape shape = model.graph().inputs().get(0).shape();
        long[] dims = new long[shape.rank()];
        dims[0] = batch;
        for (int i = 1; i < dims.length; i++) {
            dims[i] = shape.size(i);
        }
        return dims;
    }

    static float[] gaussian(long[] dims, Random random) {
        int count = 1;
        for (long dim : dims) {
            count *= (int) dim;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
