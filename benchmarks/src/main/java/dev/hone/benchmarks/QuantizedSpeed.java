package dev.hone.benchmarks;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.quantize.MeasuredQuantizer;
import dev.hone.compress.quantize.MeasuredResult;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.QuantizerOptions;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.InterleavedTiming;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Latency of a model in float, with all in INT8, and by the measured plan, batch 1, in turn after planning is
 * done; beside them a model that another tool quantized, if a file of the name {@code X.peer.onnx} stands beside X.onnx.
 */
final class QuantizedSpeed {
    private static final int IMAGES = 100;
    private static final Duration BUDGET = Duration.ofSeconds(8);

    private QuantizedSpeed() {}

    static void run(Path file) throws IOException {
        Model model = OnnxReader.read(file);
        // Threads of an idle session must not spin while another session runs.
        SessionOptions options =
                SessionOptions.defaults().withSpinning(true).withConfig("session.force_spinning_stop", "1");
        QuantizerOptions how = QuantizerOptions.defaults().withSession(options);
        long[] dims = SyntheticInputs.dims(model, 1);
        Random random = new Random(1);
        CalibrationData data = consumer -> {
            for (int i = 0; i < IMAGES; i++) {
                try (NativeTensor image = NativeTensor.ofFloats(SyntheticInputs.gaussian(dims, random), dims)) {
                    consumer.accept(image);
                }
            }
        };
        byte[] all = OnnxWriter.toBytes(
                Quantizer.quantize(model, data, how, Progress.NONE).model());
        long start = System.nanoTime();
        MeasuredResult measured = MeasuredQuantizer.quantize(model, data, how, Progress.NONE);
        double seconds = (System.nanoTime() - start) / 1e9;
        byte[] plan = OnnxWriter.toBytes(measured.quantization().model());

        List<byte[]> models = new ArrayList<>(List.of(Files.readAllBytes(file), all, plan));
        Path peer = file.resolveSibling(file.getFileName().toString().replace(".onnx", ".peer.onnx"));
        if (Files.exists(peer)) {
            models.add(Files.readAllBytes(peer));
        }
        double[] times = times(models, options, dims, random);
        PlanReport report = measured.report();
        System.out.printf(
                Locale.ROOT,
                "%s {'fp32 ms': %.3f, 'all ms': %.3f, 'measured ms': %.3f%s, 'taken': '%s', 'plan s': %.1f, "
                        + "'plan ms': %.3f, 'predicted ms': %.3f, 'fp32 KB': %d, 'measured KB': %d}%n",
                file.getFileName(),
                times[0],
                times[1],
                times[2],
                times.length > 3 ? String.format(Locale.ROOT, ", 'peer ms': %.3f", times[3]) : "",
                report.measured().get(report.chosen()).name(),
                seconds,
                report.measured().get(report.measured().size() - 1).milliseconds(),
                report.predicted(),
                models.get(0).length / 1000,
                plan.length / 1000);
    }

    private static double[] times(List<byte[]> models, SessionOptions options, long[] dims, Random random) {
        List<Session> sessions = new ArrayList<>();
        try (NativeTensor image = NativeTensor.ofFloats(SyntheticInputs.gaussian(dims, random), dims)) {
            List<Runnable> runs = new ArrayList<>();
            for (byte[] model : models) {
                Session session = Session.open(model, options);
                sessions.add(session);
                runs.add(() -> run(session, image));
            }
            return InterleavedTiming.measure(runs, BUDGET);
        } finally {
            sessions.forEach(Session::close);
        }
    }

    private static void run(Session session, NativeTensor image) {
        session.run(Map.of(session.inputs().get(0).name(), image)).values().forEach(NativeTensor::close);
    }
}
