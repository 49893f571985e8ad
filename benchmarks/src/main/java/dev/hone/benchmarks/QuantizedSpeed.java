package dev.hone.benchmarks;

import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.CalibrationData;
import dev.hone.compress.quantize.ProgressListener;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.QuantizeOptions;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.Latency;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** Latency of a model in float and in INT8, one after the other, batch 1; and how long quantizing it took. */
final class QuantizedSpeed {
    private static final int IMAGES = 32;
    private static final Duration BUDGET = Duration.ofSeconds(3);

    private QuantizedSpeed() {}

    static void run(Path file) throws IOException {
        Model model = OnnxReader.read(file);
        SessionOptions options = SessionOptions.defaults().withSpinning(true);
        long[] dims = Inputs.dims(model, 1);
        Random random = new Random(1);
        CalibrationData data = consumer -> {
            for (int i = 0; i < IMAGES; i++) {
                try (NativeTensor image = NativeTensor.ofFloats(Inputs.gaussian(dims, random), dims)) {
                    consumer.accept(image);
                }
            }
        };
        long start = System.nanoTime();
        QuantizationResult result = Quantizer.quantize(model, data, QuantizeOptions.defaults(), ProgressListener.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        byte[] int8 = OnnxWriter.toBytes(result.model());
        // One after the other: the threads of two open sessions would spin against each other.
        Latency fp32 = latency(Session.open(file, options), dims, random);
        Latency integers = latency(Session.open(int8, options), dims, random);
        System.out.printf(
                Locale.ROOT,
                "%s {'fp32 ms': %.2f, 'fp32 KB': %d, 'hone quantize s': %.1f, 'hone ms': %.2f, 'hone KB': %d, "
                        + "'left in float': %d}%n",
                file.getFileName(),
                fp32.p50(),
                Files.size(file) / 1000,
                seconds,
                integers.p50(),
                int8.length / 1000,
                Audit.of(int8, options).left().size());
    }

    private static Latency latency(Session opened, long[] dims, Random random) {
        try (Session session = opened;
                NativeTensor image = NativeTensor.ofFloats(Inputs.gaussian(dims, random), dims)) {
            return Latency.measure(() -> run(session, image), BUDGET);
        }
    }

    private static void run(Session session, NativeTensor image) {
        session.run(Map.of(session.inputs().get(0).name(), image)).values().forEach(NativeTensor::close);
    }
}
