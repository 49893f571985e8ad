package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Inputs of different kinds that a model is run on to see what its outputs are: smooth shapes with noise, as images have
 * them, strong and weak noise, all low, all high. One sample at a time, whatever batch the model takes.
 */
final class ScoreProbe {
    private static final int SAMPLES = 7;
    private static final int UINT8 = ElementType.UINT8.onnx();
    private static final int FLOAT = ElementType.FLOAT.onnx();

    private final TensorInfo input;
    private final long[] dims;
    private final PixelRange pixels;

    private ScoreProbe(TensorInfo input, long[] dims, PixelRange pixels) {
        this.input = input;
        this.dims = dims;
        this.pixels = pixels;
    }

    /**
     * Inputs for a model, or null where it takes something else than one tensor of floats or bytes whose size is known.
     *
     * @param pixels what the model expects of the pixels of images
     */
    static ScoreProbe of(Session session, PixelRange pixels) {
        if (session.inputs().size() != 1) {
            return null;
        }
        TensorInfo input = session.inputs().get(0);
        long[] dims = input.dims();
        if (dims.length < 2 || input.elementType() != FLOAT && input.elementType() != UINT8) {
            return null;
        }
        dims[0] = Math.max(1, session.batch());
        for (int i = 1; i < dims.length; i++) {
            // A sequence may have any length; an image's size is known, or there is nothing to try.
            dims[i] = dims[i] > 0 ? dims[i] : dims.length == 3 ? 8 : -1;
        }
        return Arrays.stream(dims).anyMatch(d -> d <= 0) ? null : new ScoreProbe(input, dims, pixels);
    }

    static int samples() {
        return SAMPLES;
    }

    /**
     * The first row of each output for a sample.
     *
     * @throws HoneException if the model cannot be run
     */
    Map<String, float[]> run(Session session, int sample, List<String> outputs) {
        try (NativeTensor tensor = tensor(sample)) {
            Map<String, NativeTensor> results = session.run(Map.of(input.name(), tensor), outputs, Map.of());
            Map<String, float[]> rows = new LinkedHashMap<>();
            try {
                for (String output : outputs) {
                    float[] all = results.get(output).floats();
                    rows.put(output, Arrays.copyOf(all, all.length / (int) dims[0]));
                }
            } finally {
                results.values().forEach(NativeTensor::close);
            }
            return rows;
        }
    }

    private NativeTensor tensor(int sample) {
        NativeTensor tensor = NativeTensor.allocate(input.elementType(), dims);
        float[] row = isImage() ? image(sample) : numbers(sample);
        if (input.elementType() == UINT8) {
            ByteBuffer bytes = tensor.buffer();
            for (float value : row) {
                bytes.put((byte) Math.round(Math.min(255, Math.max(0, value))));
            }
        } else {
            FloatBuffer floats = tensor.buffer().asFloatBuffer();
            floats.put(row);
        }
        tensor.repeatLast(1);
        return tensor;
    }

    private boolean isImage() {
        return dims.length == 4 && (dims[1] == 1 || dims[1] == 3);
    }

    private int elements() {
        return Math.toIntExact(Arrays.stream(dims).skip(1).reduce(1, Math::multiplyExact));
    }

    private float[] image(int sample) {
        int channels = (int) dims[1];
        int width = (int) dims[3];
        int plane = elements() / channels;
        SplittableRandom random = new SplittableRandom(sample);
        float[] values = new float[elements()];
        for (int i = 0; i < values.length; i++) {
            int at = i % plane;
            double pixel =
                    switch (sample) {
                        case 0 -> smooth(i / plane, at / width, at % width) + 40 * random.nextDouble();
                        case 1 -> 255 * random.nextDouble();
                        case 2 -> 0;
                        case 3 -> 255;
                        case 4 -> 128;
                        case 5 -> 120 + 16 * random.nextDouble();
                        default -> smooth(2 + i / plane, at % width, 2 * (at / width));
                    };
            values[i] = input.elementType() == UINT8
                    ? (float) pixel
                    : (float) (pixel - pixels.mean(i / plane)) / pixels.deviation(i / plane);
        }
        return values;
    }

    /** 10 to 210. */
    private static double smooth(int channel, int y, int x) {
        return 110 + 60 * Math.sin(0.11 * x + channel) + 40 * Math.cos(0.07 * y - 2 * channel);
    }

    private float[] numbers(int sample) {
        SplittableRandom random = new SplittableRandom(sample);
        float[] values = new float[elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (sample) {
                case 0 -> (float) (random.nextDouble() * 4 - 2);
                case 1 -> (float) (random.nextDouble() * 20 - 10);
                case 2 -> 0;
                case 3 -> 1;
                case 4 -> 0.01f;
                case 5 -> (float) (random.nextDouble() * 0.2 - 0.1);
                default -> random.nextInt(100);
            };
        }
        return values;
    }

    /** All rows of one output that are numbers; a model may divide by the sum of an input of zeros. */
    List<float[]> rows(Session session, String output) {
        List<float[]> rows = new ArrayList<>();
        for (int sample = 0; sample < SAMPLES; sample++) {
            float[] row = run(session, sample, List.of(output)).get(output);
            if (isFinite(row)) {
                rows.add(row);
            }
        }
        return rows;
    }

    static boolean isFinite(float[] row) {
        for (float value : row) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
