package dev.hone.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every invalid file gives a clear error of one line; a damaged one never another exception, nor much memory. */
class BadTfliteFilesTest {
    @TempDir
    private Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("m.tflite"), content);
    }

    private void refused(Path file, String... parts) {
        assertThatThrownBy(() -> TfliteReader.read(file))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(parts)
                .hasMessageNotContainingAny("\n", "Exception", "null");
    }

    private static byte[] network() {
        return Vectors.model("network_float");
    }

    @Test
    void missingFile() {
        refused(folder.resolve("none.tflite"), "no such file", "check the path");
    }

    @Test
    void folderInsteadOfAFile() {
        refused(folder, "is no regular file", "expected a .tflite file");
    }

    @Test
    void otherKind() throws IOException {
        refused(
                file("<!DOCTYPE html><html>Not found</html>".getBytes(StandardCharsets.UTF_8)),
                "is not a TFLite model");
        refused(file(new byte[0]), "is not a TFLite model");
        refused(file(new byte[] {1, 2, 3, 4, 'T', 'F', 'L'}), "is not a TFLite model");
    }

    @Test
    void encryptedFile() throws IOException {
        byte[] noise = new byte[10_000];
        new Random(3).nextBytes(noise);
        refused(file(noise), "is not a TFLite model");
        System.arraycopy("TFL3".getBytes(StandardCharsets.US_ASCII), 0, noise, 4, 4);
        refused(file(noise), "truncated or damaged TFLite model", "download or copy it again");
    }

    @Test
    void truncatedFile() throws IOException {
        byte[] whole = network();
        for (int length : new int[] {8, 9, 40, whole.length / 4, whole.length / 2, whole.length - 1}) {
            refused(file(Arrays.copyOf(whole, length)), "TFLite model", "download or copy it again");
        }
    }

    @Test
    void otherVersion() throws IOException {
        byte[] bytes = network();
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int model = file.getInt(0);
        int fields = model - file.getInt(model);
        file.putInt(model + file.getShort(fields + 4), 2);
        refused(file(bytes), "has version 2 of the TFLite format, only 3 is read");
    }

    @Test
    void unknownOperatorsAreNamedAtOnce() throws IOException {
        refused(
                file(Vectors.model("unsupported")),
                "has operators that are not supported: SVDF, custom Made_Up; convert a model that ends before them");
    }

    /** Boxes and scores are the outputs where TFLite's own operator would make detections of them. */
    @Test
    void endsBeforeDetections() throws IOException {
        Model model = TfliteReader.read(file(Vectors.model("detection")));
        assertThat(model.graph().outputs()).extracting(v -> v.name()).containsExactly("boxes", "scores");
    }

    /** Any byte may be any other. What can still be read must be a model that can be written. */
    @Test
    void mutatedFiles() throws IOException {
        Random random = new Random(7);
        List<byte[]> seeds = List.of(
                network(),
                Vectors.model("network_int8"),
                Vectors.model("atrous"),
                Vectors.model("strided_slice_shrink"),
                Vectors.model("transpose_conv_3"),
                Vectors.model("reshape_computed"),
                Vectors.model("sparse"),
                Vectors.model("labelled"));
        int read = 0;
        for (int i = 0; i < 4_000; i++) {
            byte[] bytes = seeds.get(i % seeds.size()).clone();
            // The description lies behind and before the weights, which are not worth changing.
            int changes = 1 + random.nextInt(3);
            for (int k = 0; k < changes; k++) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextInt(3) == 0 ? (byte) random.nextInt(256) : interesting(random);
            }
            System.arraycopy("TFL3".getBytes(StandardCharsets.US_ASCII), 0, bytes, 4, 4);
            try {
                Model model = TfliteReader.read(file(bytes));
                assertThat(OnnxWriter.toBytes(model)).isNotEmpty();
                read++;
            } catch (HoneException e) {
                assertThat(e.getMessage()).as("mutation %d", i).doesNotContain("\n");
            }
        }
        assertThat(read).isBetween(400, 3_900);
    }

    private static byte interesting(Random random) {
        byte[] values = {0, 1, 2, 4, 8, 16, 64, 127, -128, -1, -2};
        return values[random.nextInt(values.length)];
    }
}
