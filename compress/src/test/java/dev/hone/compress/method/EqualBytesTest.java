package dev.hone.compress.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.half.HalfFormat;
import dev.hone.compress.half.HalfOptions;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.QuantizerOptions;
import dev.hone.compress.quantize.TestNets;
import dev.hone.compress.stream.Converter;
import dev.hone.compress.stream.Format;
import dev.hone.compress.weights.DynamicInt8Format;
import dev.hone.compress.weights.WeightOnlyFormat;
import dev.hone.compress.weights.WeightOptions;
import dev.hone.core.Progress;
import dev.hone.core.file.Sha256;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Passes;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal work gives equal bytes in every process, although each iterates over immutable maps and sets in another order. */
class EqualBytesTest {
    @TempDir
    private Path folder;

    @Test
    void inTwoProcesses() throws IOException, InterruptedException {
        // Java has two orders of an immutable map of two: one of three other processes has the other, most likely.
        Map<Path, Process> others = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            Path file = folder.resolve("hashes" + i);
            others.put(
                    file,
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:TieredStopAtLevel=1",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    EqualBytesTest.class.getName(),
                                    file.toString())
                            .inheritIO()
                            .start());
        }
        List<String> here = hashes();
        for (Map.Entry<Path, Process> other : others.entrySet()) {
            assertThat(other.getValue().waitFor()).isZero();
            assertThat(Files.readAllLines(other.getKey())).isEqualTo(here);
        }
    }

    /** @param arguments the file for the hashes */
    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of(arguments[0]), hashes());
    }

    private static List<String> hashes() {
        List<String> lines = new ArrayList<>();
        for (String pattern : new TreeSet<>(TestNets.PATTERNS.keySet())) {
            Model prepared = TestNets.of(pattern);
            Passes.inference().run(prepared);
            lines.add(line(pattern, "prepared", prepared));
            lines.add(line(pattern, "static", quantized(TestNets.of(pattern))));
            for (Format format : List.of(
                    new HalfFormat(HalfOptions.float16()),
                    new HalfFormat(HalfOptions.bfloat16()),
                    new WeightOnlyFormat(WeightOptions.ofBits(8)),
                    new DynamicInt8Format(true, true))) {
                Model model = TestNets.of(pattern);
                try {
                    Converter.convert(model, format, Progress.NONE);
                } catch (CompressionException nothingToConvert) {
                    continue;
                }
                lines.add(line(pattern, format.description(), model));
            }
        }
        return lines;
    }

    private static Model quantized(Model model) {
        QuantizerOptions options = QuantizerOptions.defaults()
                .withSession(SessionOptions.defaults().withThreads(1));
        CalibrationFeeds data = CalibrationFeeds.of("x", consumer -> {
            try (NativeTensor x = TestNets.images(8, 3)) {
                consumer.accept(x);
            }
        });
        return Quantizer.quantize(model, data, options, Progress.NONE).model();
    }

    private static String line(String pattern, String what, Model model) {
        return pattern + ", " + what + ": " + Sha256.of(OnnxWriter.toBytes(model));
    }
}
