package dev.hone.tflite.convert;

import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.tflite.file.TensorType;
import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteTensor;
import java.util.Arrays;

/**
 * What a file's metadata say of how pixels are brought to the numbers that its only input takes.
 *
 * <pre>x = (pixel - mean) / deviation</pre>
 */
final class InputNormalization {
    private final float[] mean;
    private final float[] deviation;

    private InputNormalization(float[] mean, float[] deviation) {
        this.mean = mean;
        this.deviation = deviation;
    }

    /** Null where there is none, or it is not of images of floats. */
    static InputNormalization of(TfliteGraph file) {
        if (!file.metadata().hasNormalization() || file.inputs().length != 1) {
            return null;
        }
        TfliteTensor input = file.tensors().get(file.inputs()[0]);
        if (input.rank() != ImageOrder.RANK || input.type() != TensorType.FLOAT32 || input.isQuantized()) {
            return null;
        }
        int channels = input.shape()[ChannelsFirst.in(file).contains(input.index()) ? 1 : ImageOrder.RANK - 1];
        float[] mean = spread(file.metadata().mean(), channels);
        float[] deviation = spread(file.metadata().deviation(), channels);
        return mean == null || deviation == null ? null : new InputNormalization(mean, deviation);
    }

    /** One number holds for all channels. */
    private static float[] spread(float[] values, int channels) {
        if (values.length == channels) {
            return values;
        }
        if (values.length != 1) {
            return null;
        }
        float[] all = new float[channels];
        Arrays.fill(all, values[0]);
        return all;
    }

    /** Of pixels [N,C,H,W]. */
    Value apply(Ops ops, Value pixels) {
        Value centered = ops.sub(pixels, ops.constant(Tensor.ofFloats(mean, 1, mean.length, 1, 1)));
        return ops.div(centered, ops.constant(Tensor.ofFloats(deviation, 1, deviation.length, 1, 1)));
    }
}
