package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.Metric;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import java.util.Map;

/**
 * How close a model's {@link ComparedOutput output} stays to the FP32 model's, for models that nobody has labels for. The inputs are some
 * that calibration saw; ranges and rounding have few degrees of freedom beside the values of an output.
 */
public final class Fidelity implements Metric {
    /** Samples that are compared. */
    private static final int SAMPLES = 64;

    private final Measure measure;
    private final SessionOptions session;
    private final Samples samples;
    private final List<float[]> expected;

    /** What is compared, in points of 0 to 100, which is what the FP32 model has. */
    public enum Measure {
        /** 100 times the cosine of a sample's output to the FP32 model's, the mean of all samples. */
        COSINE,
        /** 100 less the noise in percent of the signal, root mean squares over all samples: 90 points are 20 dB. */
        SNR
    }

    /**
     * @param floats the FP32 model
     * @param data some samples of it are kept
     * @throws CompressionException if there are no data or that output does not hold floats
     */
    public Fidelity(Model floats, CalibrationFeeds data, Measure measure, SessionOptions session) {
        try (Session opened = Session.open(OnnxWriter.toBytes(floats), session)) {
            ComparedOutput compared = ComparedOutput.of(opened);
            if (!compared.isFloat()) {
                throw new CompressionException("the model's output '"
                        + compared.output().name()
                        + "' is not FP32, so that the signal-to-noise ratio against FP32 cannot be measured");
            }
        }
        this.measure = measure;
        this.session = session;
        this.samples = Samples.of(data, SAMPLES, floats);
        this.expected = Sensitivity.outputs(floats, samples.batches(), session);
    }

    @Override
    public double points(Model model) {
        List<float[]> found = Sensitivity.outputs(model, samples.batches(), session);
        if (measure == Measure.SNR) {
            return 100 * Math.max(0, 1 - Math.pow(10, -Sensitivity.decibels(expected, found) / 20));
        }
        double sum = 0;
        int count = 0;
        for (int b = 0; b < expected.size(); b++) {
            int rows = rows(samples.batches().get(b), expected.get(b).length);
            int size = expected.get(b).length / rows;
            for (int row = 0; row < rows; row++) {
                sum += cosine(expected.get(b), found.get(b), row * size, size);
                count++;
            }
        }
        return 100 * sum / count;
    }

    /** How many samples an output of so many elements is of. */
    private static int rows(Map<String, NativeTensor> batch, int elements) {
        long rows = Samples.count(batch);
        return rows > 0 && elements % rows == 0 ? (int) rows : 1;
    }

    static double cosine(float[] a, float[] b, int from, int size) {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int i = from; i < from + size; i++) {
            product += (double) a[i] * b[i];
            first += (double) a[i] * a[i];
            second += (double) b[i] * b[i];
        }
        return first == 0 && second == 0 ? 1 : first == 0 || second == 0 ? 0 : product / Math.sqrt(first * second);
    }

    @Override
    public void close() {
        samples.close();
    }
}
