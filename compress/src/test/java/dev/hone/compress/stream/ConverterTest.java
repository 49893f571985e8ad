package dev.hone.compress.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.weights.WeightNets;
import dev.hone.compress.weights.WeightOnlyFormat;
import dev.hone.compress.weights.WeightOptions;
import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConverterTest {
    private static final int WIDTH = 64;
    private static final int LAYERS = 6;
    private static final Format FORMAT =
            new WeightOnlyFormat(WeightOptions.ofBits(4).withAccuracyLevel(1));

    @TempDir
    private Path folder;

    private Path from;
    private Path to;

    /** Layers of one product and one addition each, the tensors in a file beside the model. */
    @BeforeEach
    void write() {
        Model model = WeightNets.of("matmul", WeightNets.weights(WIDTH * WIDTH, 0), WIDTH, WIDTH);
        Graph graph = model.graph();
        Ops ops = new Ops(graph);
        Value x = graph.outputs().get(0);
        x.setName("first");
        for (int i = 1; i < LAYERS; i++) {
            Tensor bias = Tensor.ofFloats(WeightNets.weights(WIDTH * WIDTH, 100 + i), WIDTH, WIDTH);
            x = ops.op("Tanh", ops.add(x, graph.addConstant("bias" + i, bias)));
            Tensor weights = Tensor.ofFloats(WeightNets.weights(WIDTH * WIDTH, i), WIDTH, WIDTH);
            x = ops.matmul(x, graph.addConstant("w" + i, weights));
        }
        x.setName("y");
        graph.setOutput(0, x);
        from = folder.resolve("model.onnx");
        to = folder.resolve("small.onnx");
        OnnxWriter.write(model, from, 1024);
    }

    private static float[] run(Path model) {
        try (Session session = Session.open(model, SessionOptions.defaults());
                NativeTensor x = WeightNets.identity(WIDTH)) {
            Map<String, NativeTensor> out = session.run(Map.of("x", x));
            float[] y = out.get("y").floats();
            out.values().forEach(NativeTensor::close);
            return y;
        }
    }

    private List<Path> files() throws IOException {
        try (java.util.stream.Stream<Path> list = Files.list(folder)) {
            return list.map(Path::getFileName).sorted().toList();
        }
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private void convert(Format format, Progress listener) {
        Converter.convert(from, to, format, model -> model.metadata().put("more", "said"), listener, 1);
    }

    @Test
    void writesWhatConvertingInMemoryGives() throws IOException {
        List<Long> heard = new ArrayList<>();
        convert(FORMAT, new Progress() {
            @Override
            public void advanced(long done) {
                heard.add(done);
            }
        });
        Model inMemory = OnnxReader.read(from);
        Converter.convert(inMemory, FORMAT, Progress.NONE);
        OnnxWriter.write(inMemory, path("memory.onnx"));
        assertThat(run(to)).isEqualTo(run(path("memory.onnx")));
        Model streamed = OnnxReader.read(to);
        assertThat(streamed.metadata())
                .containsEntry("more", "said")
                .containsEntry(Quantizer.METADATA_KEY, FORMAT.description());
        assertThat(heard).isSorted().endsWith((long) (2 * LAYERS - 1) * WIDTH * WIDTH * 4);
        assertThat(Files.size(path("small.onnx.data"))).isLessThan(Files.size(path("model.onnx.data")));
        assertThat(files())
                .extracting(Path::toString)
                .containsExactly("memory.onnx", "model.onnx", "model.onnx.data", "small.onnx", "small.onnx.data");
    }

    /** Stops when so many pieces are done. */
    private static final class Stopping implements Progress {
        private int left;
        private long resumedFrom;
        private int pieces;
        private boolean resumes;

        Stopping(int left) {
            this.left = left;
        }

        @Override
        public void advanced(long done) {
            if (resumes) {
                resumes = false;
                resumedFrom = done;
                return;
            }
            left--;
            pieces++;
        }

        @Override
        public boolean isCancelled() {
            return left <= 0;
        }

        @Override
        public void info(String line) {
            resumes = line.startsWith("resuming");
        }
    }

    @Test
    void goesOnWhereItWasStopped() throws IOException {
        convert(FORMAT, Progress.NONE);
        float[] expected = run(to);
        Files.delete(to);
        Files.delete(path("small.onnx.data"));
        assertThatThrownBy(() -> convert(FORMAT, new Stopping(4)))
                .isInstanceOf(CancelledException.class)
                .hasMessageContaining("stopped")
                .hasMessageContaining("small.onnx.data.part")
                .hasMessageContaining("run again with the same options");
        assertThat(to).doesNotExist();
        Stopping rest = new Stopping(Integer.MAX_VALUE);
        convert(FORMAT, rest);
        assertThat(rest.resumedFrom).isGreaterThanOrEqualTo(4L * WIDTH * WIDTH * 4);
        assertThat(rest.pieces).isBetween(1, 2 * LAYERS - 1 - 4);
        assertThat(run(to)).isEqualTo(expected);
        assertThat(path("small.onnx.journal")).doesNotExist();
        assertThat(path("small.onnx.data.part")).doesNotExist();
    }

    /** What another format or another source left is of no use. */
    @Test
    void beginsAnewWhereTheJournalIsOfSomethingElse() throws IOException {
        assertThatThrownBy(() -> convert(FORMAT, new Stopping(4))).hasMessageContaining("stopped");
        Stopping other = new Stopping(Integer.MAX_VALUE);
        convert(new WeightOnlyFormat(WeightOptions.ofBits(8)), other);
        assertThat(other.resumedFrom).isZero();
        assertThatThrownBy(() -> convert(FORMAT, new Stopping(4))).hasMessageContaining("stopped");
        Files.setLastModifiedTime(path("model.onnx.data"), FileTime.fromMillis(1_000_000));
        Stopping changed = new Stopping(Integer.MAX_VALUE);
        convert(FORMAT, changed);
        assertThat(changed.resumedFrom).isZero();
        assertThat(run(to)).hasSize(WIDTH * WIDTH);
    }

    /** The same format on a disk that takes so many bytes only. */
    private record SmallDisk(long[] room) implements Format {
        @Override
        public String description() {
            return FORMAT.description();
        }

        @Override
        public List<Conversion> apply(Model model, Storage storage, Map<String, String> left) {
            return FORMAT.apply(model, storage, left).stream()
                    .map(conversion -> (Conversion) new Limited(conversion, room))
                    .toList();
        }
    }

    private record Limited(Conversion conversion, long[] room) implements Conversion {
        @Override
        public String name() {
            return conversion.name();
        }

        @Override
        public long bytes() {
            return conversion.bytes();
        }

        @Override
        public int pieces() {
            return conversion.pieces();
        }

        @Override
        public void convert(int piece, Source source) throws IOException {
            synchronized (room) {
                room[0] -= bytes();
                if (room[0] < 0) {
                    throw new IOException("No space left on device");
                }
            }
            conversion.convert(piece, source);
        }
    }

    @Test
    void aFullDiskLeavesWhatIsFinished() throws IOException {
        convert(FORMAT, Progress.NONE);
        float[] expected = run(to);
        Files.delete(to);
        assertThatThrownBy(() -> convert(new SmallDisk(new long[] {3L * WIDTH * WIDTH * 4}), Progress.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("small.onnx")
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("to resume");
        assertThat(to).doesNotExist();
        Stopping rest = new Stopping(Integer.MAX_VALUE);
        convert(FORMAT, rest);
        assertThat(rest.resumedFrom).isPositive();
        assertThat(run(to)).isEqualTo(expected);
    }

    /** The same format on a disk that becomes full in the middle of a write: half of the bytes are there. */
    private record FailingDisk(AtomicInteger writes) implements Format {
        @Override
        public String description() {
            return FORMAT.description();
        }

        @Override
        public List<Conversion> apply(Model model, Storage storage, Map<String, String> left) {
            return FORMAT.apply(model, (type, dims) -> failing(storage.allocate(type, dims)), left);
        }

        private Storage.Target failing(Storage.Target target) {
            return new Storage.Target() {
                @Override
                public Tensor tensor() {
                    return target.tensor();
                }

                @Override
                public void write(long offset, ByteBuffer bytes) throws IOException {
                    if (writes.getAndDecrement() > 0) {
                        target.write(offset, bytes);
                        return;
                    }
                    ByteBuffer half = bytes.duplicate();
                    half.limit(half.position() + half.remaining() / 2);
                    target.write(offset, half);
                    throw new IOException("No space left on device");
                }
            };
        }
    }

    @Test
    void aWriteThatFailsHalfwayLeavesTheModelThatWasThereAndIsRepeated() throws IOException {
        AtomicInteger writes = new AtomicInteger(1000);
        convert(new FailingDisk(writes), Progress.NONE);
        // Levels, steps and zero points of each product.
        assertThat(1000 - writes.get()).isEqualTo(3 * LAYERS);
        float[] expected = run(to);
        byte[] data = Files.readAllBytes(path("small.onnx.data"));
        Files.delete(path("small.onnx.data"));
        Files.writeString(to, "an older model");
        // Enough for one product at least, however many are written at a time; then for none.
        for (int room : new int[] {2 * LAYERS + 1, 2, 2}) {
            assertThatThrownBy(() -> convert(new FailingDisk(new AtomicInteger(room)), Progress.NONE))
                    .isInstanceOf(HoneException.class)
                    .hasMessageMatching(
                            "writing .*small.onnx ended after \\d+ %: No space left on device; finished "
                                    + "tensors are kept in small.onnx.data.part beside it; run again with the same options to resume");
            assertThat(to).hasContent("an older model");
            assertThat(path("small.onnx.data")).doesNotExist();
        }
        Stopping rest = new Stopping(Integer.MAX_VALUE);
        convert(FORMAT, rest);
        assertThat(rest.resumedFrom).isPositive();
        assertThat(run(to)).isEqualTo(expected);
        assertThat(Files.readAllBytes(path("small.onnx.data"))).isEqualTo(data);
        assertThat(files())
                .extracting(Path::toString)
                .containsExactly("model.onnx", "model.onnx.data", "small.onnx", "small.onnx.data");
    }

    @Test
    void aDamagedTensorLeavesNoModel() throws IOException {
        Model model = OnnxReader.read(from);
        float[] damaged = WeightNets.weights(WIDTH * WIDTH, 1);
        damaged[77] = Float.POSITIVE_INFINITY;
        model.graph().find("w3").setConstant(Tensor.ofFloats(damaged, WIDTH, WIDTH));
        OnnxWriter.write(model, from, 1024);
        assertThatThrownBy(() -> convert(FORMAT, Progress.NONE))
                .hasMessageContaining("'w3'")
                .hasMessageContaining("Infinity");
        assertThat(files()).extracting(Path::toString).containsExactly("model.onnx", "model.onnx.data");
    }
}
