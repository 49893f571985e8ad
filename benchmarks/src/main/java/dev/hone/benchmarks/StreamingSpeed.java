package dev.hone.benchmarks;

import dev.hone.compress.half.HalfFormat;
import dev.hone.compress.half.HalfOptions;
import dev.hone.compress.stream.Converter;
import dev.hone.compress.stream.Format;
import dev.hone.compress.weights.WeightOnlyFormat;
import dev.hone.compress.weights.WeightOptions;
import dev.hone.core.Progress;
import dev.hone.runtime.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Time and memory of streaming quantization of a model with external data, against the time of copying the data. */
final class StreamingSpeed {
    private static final int ROUNDS = 2;

    private StreamingSpeed() {}

    static void run(Path model) throws IOException {
        Path data = model.resolveSibling(model.getFileName() + ".data");
        Path copy = model.resolveSibling("copy.data");
        Path out = model.resolveSibling("converted.onnx");
        Path outData = model.resolveSibling("converted.onnx.data");
        Map<String, Format> formats = new LinkedHashMap<>();
        formats.put("int4", new WeightOnlyFormat(WeightOptions.ofBits(4)));
        formats.put("int8", new WeightOnlyFormat(WeightOptions.ofBits(8)));
        formats.put("fp16", new HalfFormat(HalfOptions.float16()));
        double gigabytes = Files.size(data) / 1e9;
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, Format> format : formats.entrySet()) {
                double copied = seconds(() -> Files.copy(data, copy, StandardCopyOption.REPLACE_EXISTING));
                Files.delete(copy);
                double converted =
                        seconds(() -> Converter.convert(model, out, format.getValue(), m -> {}, Progress.NONE));
                System.out.printf(
                        Locale.ROOT,
                        "%s %.2f GB: copy %.0f s (%.0f MB/s), %s %.0f s (%.0f MB/s) to %.2f GB, %.2f of the copy speed,"
                                + " peak memory %.2f GB%n",
                        model.getFileName(),
                        gigabytes,
                        copied,
                        1000 * gigabytes / copied,
                        format.getKey(),
                        converted,
                        1000 * gigabytes / converted,
                        Files.size(outData) / 1e9,
                        copied / converted,
                        ProcessMemory.now().peak() / 1e9);
                Files.delete(out);
                Files.delete(outData);
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static double seconds(Work work) throws IOException {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }
}
