package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {
    @TempDir
    private Path folder;

    private final Session linear = Session.open(model("linear"), SessionOptions.defaults());

    static byte[] model(String name) {
        try (var in = SessionTest.class.getResourceAsStream("/models/" + name + ".onnx")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        linear.close();
    }

    @Test
    void describesInputsOutputsAndMetadata() {
        assertThat(linear.inputs()).containsExactly(new TensorInfo("x", 1, new long[] {-1, 3}));
        assertThat(linear.outputs())
                .containsExactly(
                        new TensorInfo("y", 1, new long[] {-1, 2}), new TensorInfo("best", 7, new long[] {-1}));
        assertThat(linear.metadata()).containsEntry("labels", "good,bad");
    }

    @Test
    void computesAllOutputs() {
        try (NativeTensor x = NativeTensor.ofFloats(new float[] {1, 0, 0, 1, 1, -9}, 2, 3)) {
            Map<String, NativeTensor> out = linear.run(Map.of("x", x));
            assertThat(out.keySet()).containsExactly("y", "best");
            assertThat(out.get("y").dims()).containsExactly(2, 2);
            assertThat(out.get("y").floats()).containsExactly(11, 22, -31, -28);
            assertThat(out.get("y").buffer().getFloat(4)).isEqualTo(22);
            assertThat(out.get("best").longs()).containsExactly(1, 1);
            out.values().forEach(NativeTensor::close);
        }
    }

    @Test
    void batchesArePaddedWithTheirLastRow() {
        try (NativeTensor x = NativeTensor.ofFloats(new float[] {1, 2, 3, 4, 5, 6, 0, 0, 0, 9, 9, 9}, 4, 3)) {
            x.repeatLast(2);
            assertThat(x.floats()).containsExactly(1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6);
            x.repeatLast(4);
            assertThat(x.floats()).containsExactly(1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6);
        }
    }

    @Test
    void writesToPreallocatedOutputsAndReadsModifiedInputs() {
        try (NativeTensor x = NativeTensor.allocate(1, 1, 3);
                NativeTensor y = NativeTensor.allocate(1, 1, 2)) {
            linear.run(Map.of("x", x), Map.of("y", y));
            assertThat(y.floats()).containsExactly(10, 20);
            x.buffer().putFloat(8, 1);
            linear.run(Map.of("x", x), Map.of("y", y));
            assertThat(y.floats()).containsExactly(15, 26);
        }
    }

    @Test
    void mixesAllocatedAndPreallocatedOutputs() {
        try (NativeTensor x = NativeTensor.ofFloats(new float[] {0, 0, 1}, 1, 3);
                NativeTensor y = NativeTensor.allocate(1, 1, 2)) {
            Map<String, NativeTensor> out = linear.run(Map.of("x", x), Set.of("best"), Map.of("y", y));
            assertThat(out.keySet()).containsExactly("best");
            assertThat(y.floats()).containsExactly(15, 26);
            out.values().forEach(NativeTensor::close);
        }
    }

    @Test
    void feedsAnOutputIntoTheNextRun() {
        try (Session net = Session.open(model("types"), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(new float[] {1.5f, -2, 300}, 3)) {
            Map<String, NativeTensor> first = net.run(Map.of("x", x), Set.of("float"), Map.of());
            Map<String, NativeTensor> second = net.run(Map.of("x", first.get("float")), Set.of("int16"), Map.of());
            ByteBuffer shorts = second.get("int16").buffer();
            assertThat(new short[] {shorts.getShort(0), shorts.getShort(2), shorts.getShort(4)})
                    .containsExactly((short) 1, (short) -2, (short) 300);
            first.values().forEach(NativeTensor::close);
            second.values().forEach(NativeTensor::close);
        }
    }

    @Test
    void supportsEveryElementType() {
        try (Session net = Session.open(model("types"), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(new float[] {1, 2}, 2)) {
            Map<String, NativeTensor> out = net.run(Map.of("x", x));
            int[] numbers = {1, 11, 3, 2, 5, 6, 7, 9, 10, 16, 4, 12};
            assertThat(net.outputs().stream().mapToInt(TensorInfo::elementType)).containsExactly(box(numbers));
            for (TensorInfo info : net.outputs()) {
                NativeTensor value = out.get(info.name());
                assertThat(value.type()).isEqualTo(info.elementType());
                assertThat(value.buffer().remaining()).isEqualTo(2 * ElementTypes.bytes(info.elementType()));
                value.close();
            }
        }
    }

    private static Integer[] box(int[] values) {
        return java.util.Arrays.stream(values).boxed().toArray(Integer[]::new);
    }

    @Test
    void errorsNameTheInvalidInput() {
        try (NativeTensor wide = NativeTensor.allocate(1, 2, 4);
                NativeTensor whole = NativeTensor.allocate(7, 2, 3);
                NativeTensor good = NativeTensor.allocate(1, 2, 3)) {
            assertThatThrownBy(() -> linear.run(Map.of()))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessage("input 'x' is missing, expected float[?,3]");
            assertThatThrownBy(() -> linear.run(Map.of("x", wide)))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessage("input 'x' is float[2,4], expected float[?,3]");
            assertThatThrownBy(() -> linear.run(Map.of("x", whole)))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessage("input 'x' is int64[2,3], expected float[?,3]");
            assertThatThrownBy(() -> linear.run(Map.of("x", good, "z", good)))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessage("the model has no input 'z', its inputs are [x]");
            assertThatThrownBy(() -> linear.run(Map.of("x", good), Map.of("y", wide)))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessage("output 'y' is float[2,4], expected float[?,2]");
        }
    }

    @Test
    void aPreallocatedOutputWithTheWrongBatchSizeFailsWithOneLine() {
        try (NativeTensor x = NativeTensor.allocate(1, 2, 3);
                NativeTensor y = NativeTensor.allocate(1, 5, 2)) {
            assertThatThrownBy(() -> linear.run(Map.of("x", x), Map.of("y", y)))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessageStartingWith("running the model failed: ")
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void rejectsInvalidModels() {
        byte[] noise = new byte[1000];
        new Random(1).nextBytes(noise);
        byte[] truncated = java.util.Arrays.copyOf(model("linear"), 200);
        for (byte[] bad : new byte[][] {noise, truncated, {}}) {
            assertThatThrownBy(() -> Session.open(bad, SessionOptions.defaults()))
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessageContaining(bad.length + " bytes")
                    .message()
                    .doesNotContain("\n");
        }
        assertThatThrownBy(() -> Session.open(Path.of("nowhere.onnx"), SessionOptions.defaults()))
                .isInstanceOf(OnnxRuntimeException.class)
                .hasMessage("nowhere.onnx: no such model file");
    }

    @Test
    void opensAFileAndWritesTheOptimizedModel(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("m.onnx"), model("convolutions"));
        Path dump = folder.resolve("optimized.onnx");
        Session.open(file, SessionOptions.defaults().withOptimizedModel(dump)).close();
        assertThat(Files.readString(dump, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("com.microsoft");
    }

    @Test
    void profilesEveryNode(@TempDir Path folder) throws IOException {
        SessionOptions options = SessionOptions.defaults().withProfile(folder.resolve("profile"));
        try (Session session = Session.open(model("linear"), options);
                NativeTensor x = NativeTensor.allocate(1, 1, 3)) {
            session.run(Map.of("x", x)).values().forEach(NativeTensor::close);
            assertThat(Files.readString(session.endProfiling())).contains("Gemm");
        }
    }

    @Test
    void devicesThatAreNotThereAreRejected() {
        boolean cuda = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
        SessionOptions options = SessionOptions.defaults().withDevice(Device.parse("cuda:99"));
        assertThatThrownBy(() -> Session.open(model("linear"), options))
                .isInstanceOf(OnnxRuntimeException.class)
                .hasMessageContaining(cuda ? "99" : "device cuda:99: this build of ONNX Runtime has no CUDA provider");
    }

    @Test
    void closedTensorsAreRejected() {
        NativeTensor x = NativeTensor.allocate(1, 1, 3);
        x.close();
        x.close();
        assertThatThrownBy(() -> linear.run(Map.of("x", x))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(x::buffer).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void wrapsACallersBuffer() {
        ByteBuffer memory = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
        try (NativeTensor x = NativeTensor.of(1, memory, 1, 3)) {
            memory.putFloat(0, 1);
            Map<String, NativeTensor> out = linear.run(Map.of("x", x), Set.of("y"), Map.of());
            assertThat(out.get("y").floats()).containsExactly(11, 22);
            out.get("y").close();
        }
        assertThatThrownBy(() -> NativeTensor.of(1, memory, 1, 4))
                .isInstanceOf(OnnxRuntimeException.class)
                .hasMessage("a tensor float[1,4] takes 16 bytes, the buffer has 12");
        assertThatThrownBy(() -> NativeTensor.of(1, ByteBuffer.allocate(12), 1, 3))
                .isInstanceOf(OnnxRuntimeException.class);
    }

    /** A function that calls itself, which overflows the stack of the native code. */
    @Test
    void modelsMeetLimitsBeforeTheRuntime() throws IOException {
        byte[] recursive = {
            // graph { node { op_type: "f" domain: "l" } } functions { name: "f" domain: "l" node { the same } }
            0x3A,
            8,
            0x0A,
            6,
            0x22,
            1,
            'f',
            0x3A,
            1,
            'l',
            (byte) 0xCA,
            1,
            14,
            0x0A,
            1,
            'f',
            0x52,
            1,
            'l',
            0x3A,
            6,
            0x22,
            1,
            'f',
            0x3A,
            1,
            'l'
        };
        assertThatThrownBy(() -> Session.open(recursive, SessionOptions.defaults()))
                .isInstanceOf(OnnxRuntimeException.class)
                .hasMessageContaining("function l.f calls itself");
        Path file = Files.write(folder.resolve("recursive.onnx"), recursive);
        assertThatThrownBy(() -> Session.open(file, SessionOptions.defaults()))
                .isInstanceOf(OnnxRuntimeException.class)
                .hasMessageContainingAll(file.toString(), "function l.f calls itself");
    }

    /** Tests have 1 GiB. */
    @Test
    void aTensorBeyondTheMemoryIsNamed() {
        List<NativeTensor> held = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 64; i++) {
                            held.add(NativeTensor.allocate(1, 64, 4 << 20));
                        }
                    })
                    .isInstanceOf(OnnxRuntimeException.class)
                    .hasMessageContaining("float[64,4194304]")
                    .hasMessageContaining("more than the Java virtual machine has left");
        } finally {
            held.forEach(NativeTensor::close);
        }
    }
}
