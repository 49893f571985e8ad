package dev.hone.benchmarks;

import dev.hone.jobs.NumpyInputs;
import dev.hone.runtime.InterleavedTiming;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares models that should compute the same with the first of them: size, latency of one sample in alternating runs,
 * and cosine similarity of the first output, mean and minimum over the samples of a NumPy file.
 */
final class ModelComparison {
    private static final Duration BUDGET = Duration.ofSeconds(8);

    private ModelComparison() {}

    /** @param argument {@code INPUTS.npz:FIRST.onnx:SECOND.onnx...} */
    static void run(String argument) throws IOException {
        String[] parts = argument.split(":");
        SessionOptions options =
                SessionOptions.defaults().withSpinning(true).withConfig("session.force_spinning_stop", "1");
        List<Session> sessions = new ArrayList<>();
        List<Map<String, NativeTensor>> samples = new ArrayList<>();
        try {
            for (int i = 1; i < parts.length; i++) {
                sessions.add(Session.open(Path.of(parts[i]), options));
            }
            new NumpyInputs(Path.of(parts[0])).forEachBatch(batch -> divide(batch, samples));
            double[] times = InterleavedTiming.measure(
                    sessions.stream()
                            .map(s -> (Runnable) () -> close(s.run(samples.get(0))))
                            .toList(),
                    BUDGET);
            for (int m = 0; m < sessions.size(); m++) {
                double sum = 0;
                double least = 1;
                for (Map<String, NativeTensor> sample : samples) {
                    double cosine = cosine(output(sessions.get(0), sample), output(sessions.get(m), sample));
                    sum += cosine;
                    least = Math.min(least, cosine);
                }
                System.out.printf(
                        Locale.ROOT,
                        "%s {'ms': %.3f, 'KB': %d, 'cosine mean': %.5f, 'least': %.5f}%n",
                        Path.of(parts[m + 1]).getFileName(),
                        times[m],
                        Files.size(Path.of(parts[m + 1])) / 1000,
                        sum / samples.size(),
                        least);
            }
        } finally {
            samples.forEach(ModelComparison::close);
            sessions.forEach(Session::close);
        }
    }

    private static void divide(Map<String, NativeTensor> batch, List<Map<String, NativeTensor>> samples) {
        long count = batch.values().iterator().next().dims()[0];
        for (int i = 0; i < count; i++) {
            Map<String, NativeTensor> sample = new LinkedHashMap<>();
            int index = i;
            batch.forEach((name, tensor) -> {
                long[] dims = tensor.dims();
                ByteBuffer bytes = tensor.buffer();
                int each = bytes.remaining() / (int) count;
                dims[0] = 1;
                NativeTensor one = NativeTensor.allocate(tensor.type(), dims);
                one.buffer().put(bytes.slice(index * each, each));
                sample.put(name, one);
            });
            samples.add(sample);
        }
    }

    private static float[] output(Session session, Map<String, NativeTensor> sample) {
        Map<String, NativeTensor> found = session.run(sample);
        try {
            return found.values().iterator().next().floats();
        } finally {
            close(found);
        }
    }

    private static void close(Map<String, NativeTensor> tensors) {
        tensors.values().forEach(NativeTensor::close);
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double left = 0;
        double right = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            left += (double) a[i] * a[i];
            right += (double) b[i] * b[i];
        }
        return product / Math.sqrt(left * right);
    }
}
