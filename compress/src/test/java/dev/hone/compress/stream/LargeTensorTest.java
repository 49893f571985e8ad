package dev.hone.compress.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.compress.weights.WeightOnlyFormat;
import dev.hone.compress.weights.WeightOptions;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors past 2 GiB, in files that are mostly holes. */
class LargeTensorTest {
    private static final int ROWS = 32_768;
    private static final int COLUMNS = 16_640;

    /** A quarter of the tensor. */
    private static final long MOST_RESIDENT = 512L << 20;

    @TempDir
    private Path folder;

    private static void put(Storage.Target weights, long row, long column, float value) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        weights.write(4 * (row * COLUMNS + column), bytes.putFloat(value).flip());
    }

    /**
     * A product with weights of 2.03 GiB becomes 4 bits in a JVM with 160 MiB of heap. Each block has one weight at most
     * that is not 0, which 4 bits hold exactly, so that what ONNX Runtime computes is known; two of them lie past 2 GiB.
     */
    @Test
    void areConvertedInLittleMemory() throws Exception {
        Path part = folder.resolve("weights.part");
        Path from = folder.resolve("model.onnx");
        Path to = folder.resolve("small.onnx");
        try (FileStorage storage = new FileStorage(part)) {
            Storage.Target w = storage.allocate(ElementType.FLOAT, ROWS, COLUMNS);
            assertThat(w.tensor().data().size()).isGreaterThan(Integer.MAX_VALUE);
            put(w, 5, 3, 2);
            put(w, ROWS - 2, 0, -8);
            put(w, ROWS - 1, COLUMNS - 1, 7);
            Graph graph = new Graph("large");
            Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(1, ROWS));
            Value y = new Ops(graph).matmul(x, graph.addConstant("w", w.tensor()));
            y.setName("y");
            graph.addOutput(y);
            OnnxWriter.write(new Model(graph), from, part, OnnxWriter.Check.NONE);
        }
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx160m",
                        "-XX:ActiveProcessorCount=2",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Converting.class.getName(),
                        from.toString(),
                        to.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(output).contains("tensors 1, resident ");
        assertThat(Long.parseLong(output.replaceAll("(?s).*resident (\\d+) kB.*", "$1")))
                .isLessThan(MOST_RESIDENT >> 10);
        float[] y = run(to);
        assertThat(IntStream.range(0, COLUMNS).filter(n -> y[n] != 0).toArray()).containsExactly(0, 3, COLUMNS - 1);
        assertThat(new float[] {y[0], y[3], y[COLUMNS - 1]})
                .containsExactly(new float[] {-80, 200, 7}, Offset.offset(1e-4f));
    }

    private static float[] run(Path model) {
        float[] rows = new float[ROWS];
        rows[5] = 100;
        rows[ROWS - 2] = 10;
        rows[ROWS - 1] = 1;
        try (Session session = Session.open(model, SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(rows, 1, ROWS);
                NativeTensor y = session.run(Map.of("x", x)).get("y")) {
            return y.floats();
        }
    }

    /** Run with a small heap; says how much memory the process had at most, where Linux tells. */
    static final class Converting {
        public static void main(String[] args) throws IOException {
            Converter.Converted converted = Converter.convert(
                    Path.of(args[0]),
                    Path.of(args[1]),
                    new WeightOnlyFormat(
                            WeightOptions.ofBits(4).withBlockSize(256).withAccuracyLevel(1)),
                    model -> {},
                    Progress.NONE);
            Path status = Path.of("/proc/self/status");
            String resident = "0 kB";
            if (Files.exists(status)) {
                for (String line : Files.readAllLines(status)) {
                    if (line.startsWith("VmHWM:")) {
                        resident = line.substring(6).strip();
                    }
                }
            }
            System.out.println("tensors " + converted.tensors() + ", resident " + resident);
        }
    }

    /** Places are right beyond what an int holds: read back as the file has them, and as the tensors' readers do. */
    @Test
    void areWrittenPiecewise() throws IOException {
        Path file = folder.resolve("tensors");
        long large = (3L << 30) + 5;
        try (FileStorage storage = new FileStorage(file);
                Source source = new Source()) {
            Storage.Target first = storage.allocate(ElementType.UINT8, large);
            Storage.Target second = storage.allocate(ElementType.UINT8, 3);
            long place = (1L << 31) + 12_345;
            first.write(place, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            first.write(large - 1, ByteBuffer.wrap(new byte[] {5}));
            second.write(0, ByteBuffer.wrap(new byte[] {6, 7, 8}));
            try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "r")) {
                raw.seek(place - 1);
                assertThat(raw.readLong()).isEqualTo(0x00_01_02_03_04_00_00_00L);
                raw.seek(large - 1);
                assertThat(raw.read()).isEqualTo(5);
                // Aligned to 64 bytes.
                raw.seek((large + 63) / 64 * 64);
                assertThat(raw.read()).isEqualTo(6);
            }
            assertThat(first.tensor().data().slice(place + 1, 2)).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3}));
            assertThat(source.bytes(first.tensor().data(), place, 3)).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(source.bytes(second.tensor().data(), 1, 2)).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8}));
            assertThat(storage.size()).isGreaterThan(large);
        }
    }
}
