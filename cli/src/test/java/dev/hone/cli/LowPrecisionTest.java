package dev.hone.cli;

import static dev.hone.cli.Commands.hone;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code hone quantize} into the forms that need no ranges, on a model with two inputs that are no images. */
class LowPrecisionTest {
    private static final int WIDTH = 64;
    private static final int WORDS = 50;

    @TempDir
    private Path folder;

    private Path model;
    private Path inputs;

    @BeforeEach
    void write() throws IOException {
        Graph graph = new Graph("words");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(WIDTH)));
        Value ids = graph.addInput("ids", ElementType.INT64, Shape.of(Dim.symbol("N"), Dim.of(3)));
        Value words = ops.op("Gather", weights(ops, 1, WORDS), ids);
        Value y = ops.add(ops.matmul(x, weights(ops, 2, WIDTH)), ops.reduceMean(words, false, 1));
        Value z = ops.matmul(ops.op("Relu", y), weights(ops, 3, WIDTH));
        z.setName("z");
        graph.addOutput(z);
        model = folder.resolve("model.onnx");
        OnnxWriter.write(new Model(graph), model);
        inputs = folder.resolve("inputs.npz");
        try (InputStream in = LowPrecisionTest.class.getResourceAsStream("inputs.npz")) {
            Files.copy(in, inputs);
        }
    }

    private static Value weights(Ops ops, long seed, int rows) {
        Random random = new Random(seed);
        float[] values = new float[rows * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.1 * random.nextGaussian());
        }
        return ops.constant(Tensor.ofFloats(values, rows, WIDTH));
    }

    /** Root of the mean squared difference, relative to the root mean square of the first. */
    private static double error(Path first, Path second) {
        double signal = 0;
        double noise = 0;
        Random random = new Random(9);
        float[] x = new float[8 * WIDTH];
        long[] ids = new long[8 * 3];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
            ids[i % ids.length] = random.nextInt(WORDS);
        }
        try (Session a = Session.open(first, SessionOptions.defaults());
                Session b = Session.open(second, SessionOptions.defaults());
                NativeTensor xs = NativeTensor.ofFloats(x, 8, WIDTH);
                NativeTensor words = NativeTensor.ofLongs(ids, 8, 3)) {
            Map<String, NativeTensor> expected = a.run(Map.of("x", xs, "ids", words));
            Map<String, NativeTensor> found = b.run(Map.of("x", xs, "ids", words));
            float[] e = expected.get("z").floats();
            float[] f = found.get("z").floats();
            for (int i = 0; i < e.length; i++) {
                signal += e[i] * e[i];
                noise += Math.pow((double) e[i] - f[i], 2);
            }
            expected.values().forEach(NativeTensor::close);
            found.values().forEach(NativeTensor::close);
        }
        return Math.sqrt(noise / signal);
    }

    @ParameterizedTest
    @CsvSource({
        "dynamic, 0.02, 0.4",
        "weights --bits 8, 0.02, 0.4",
        "weights --bits 4 --rounding hqq, 0.12, 0.25",
        "weights --bits 4 --rounding gptq --inputs, 0.2, 0.25",
        "weights --bits 4 --symmetric --block-size 64 --external-data, 0.16, 0.25",
        "fp16, 0.002, 0.65",
        "fp16 --inputs, 0.002, 0.65",
        "bf16 --external-data, 0.01, 0.65"
    })
    void everyFormRunsAndStaysClose(String arguments, double tolerance, double size) throws IOException {
        Path out = folder.resolve("out.onnx");
        String[] words = ("quantize " + model + " -o " + out + " --method " + arguments).split(" ");
        Run run = arguments.endsWith("--inputs") ? hone(append(words, inputs)) : hone((Object[]) words);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(error(model, out)).isBetween(1e-7, tolerance);
        long bytes = ModelFiles.size(out);
        assertThat((double) bytes / Files.size(model)).isLessThan(size);
        assertThat(Files.exists(folder.resolve("out.onnx.data"))).isEqualTo(arguments.contains("--external-data"));
    }

    /** Without labels: how close outputs are to float's is measured, said, and for static INT8 a goal. */
    @ParameterizedTest
    @CsvSource({
        "static --plan all --metric cosine --max-drop 1, true",
        "static --plan all --metric snr --max-drop 10, true",
        "static --plan all --metric snr --max-drop 0.001, false",
        "dynamic --metric snr --max-drop 5, true",
        "weights --bits 4 --metric snr --max-drop 0.5, false",
        "weights --bits 4 --metric cosine --max-drop 3, true"
    })
    void aGoalNeedsNoLabels(String arguments, boolean holds) throws IOException {
        Path out = folder.resolve("out.onnx");
        String[] words =
                ("quantize " + model + " -o " + out + " --json --method " + arguments + " --inputs").split(" ");
        Run run = hone(append(words, inputs));
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode accuracy = new ObjectMapper().readTree(run.out()).get("accuracy");
        assertThat(accuracy.get("met").asBoolean()).isEqualTo(holds);
        assertThat(accuracy.get("original").asDouble()).isEqualTo(100);
        double points = accuracy.get("points").asDouble();
        if (arguments.contains("snr")) {
            // On other inputs, but of the same kind.
            assertThat(1 - points / 100).isBetween(error(model, out) / 2, error(model, out) * 2);
        } else {
            assertThat(points).isBetween(97.0, 99.9999);
        }
    }

    @Test
    void aGoalThatCannotBeMetSavesTheBest() throws IOException {
        Path all = folder.resolve("all.onnx");
        Path best = folder.resolve("best.onnx");
        Object[] more = {"--plan", "all", "--inputs", inputs};
        assertThat(quantize(all, more).exit()).isZero();
        Object[] goal = {"--plan", "all", "--inputs", inputs, "--metric", "snr", "--max-drop", 0.001};
        Run run = quantize(best, goal);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern(
                        "accuracy goal missed, this is the best model found: \\d+\\.\\d\\d points, FP32 100.00, "
                                + "drop \\d+\\.\\d\\d \\(at most 0.00\\); layers moved back to FP32: 1");
        assertThat(error(model, best)).isBetween(1e-7, 0.9 * error(model, all));
    }

    private Run quantize(Path out, Object... more) {
        Object[] first = {"quantize", model, "-o", out};
        return hone(Stream.concat(Stream.of(first), Stream.of(more)).toArray());
    }

    private static Object[] append(Object[] words, Object last) {
        Object[] all = java.util.Arrays.copyOf(words, words.length + 1, Object[].class);
        all[words.length] = last;
        return all;
    }

    private String complaint(Object... arguments) {
        Object[] head = {"quantize", model, "-o", folder.resolve("never.onnx")};
        Object[] all = java.util.Arrays.copyOf(head, head.length + arguments.length);
        System.arraycopy(arguments, 0, all, head.length, arguments.length);
        String line = hone(all).complaint();
        assertThat(folder.resolve("never.onnx")).doesNotExist();
        return line;
    }

    @Test
    void badRequestsAreAnsweredInOneLine() throws IOException {
        assertThat(complaint()).contains("--calibrate");
        assertThat(complaint("--method", "weights", "--bits", "5")).contains("expected 4 or 8");
        assertThat(complaint("--method", "weights", "--block-size", "20")).contains("expected 16");
        assertThat(complaint("--method", "weights", "--rounding", "gptq"))
                .contains("--calibrate: method weights needs calibration data", "inputs");
        assertThat(complaint("--inputs", inputs, "--max-drop", 1))
                .contains("--metric: f1 needs labelled images", "cosine or snr");
        assertThat(complaint("--method", "weights", "--metric", "snr", "--max-drop", 1))
                .contains("--max-drop", "inputs");
        assertThat(complaint("--method", "fp16", "--inputs", inputs, "--calibrate", folder))
                .contains("one of them");
        Path text = Files.writeString(folder.resolve("text.npz"), "no archive");
        assertThat(complaint("--method", "weights", "--rounding", "gptq", "--inputs", text))
                .contains("text.npz")
                .contains("numpy.savez");
        assertThat(complaint("--method", "weights", "--rounding", "gptq", "--external-data", "--inputs", inputs))
                .contains("in memory");
    }
}
