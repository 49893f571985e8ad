package dev.hone.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.text.NpyArray;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels, licence and normalization that a file's metadata state. */
class MetadataTest {
    @TempDir
    private Path folder;

    private Model read(byte[] file) throws IOException {
        return TfliteReader.read(Files.write(folder.resolve("m.tflite"), file));
    }

    @Test
    void labelsAndLicenceAreKept() throws IOException {
        Map<String, String> metadata = read(Vectors.model("labelled")).metadata();
        assertThat(metadata)
                .containsEntry(TfliteReader.LABELS_KEY, "good\ncrack\nflux residue\nmissing")
                .containsEntry("tflite.name", "Four classes")
                .containsEntry("tflite.license", "CC0")
                .doesNotContainKey("tflite.author");
    }

    /** The interpreter was given (pixel - 127.5) / 127.5, the model takes the pixel. */
    @Test
    void normalizationIsInsideTheGraph() throws IOException {
        Map<String, NpyArray> arrays = Vectors.all().get("labelled");
        Model model = read(arrays.get("model").bytes());
        assertThat(model.metadata()).containsEntry(TfliteReader.PIXELS_KEY, TfliteReader.BYTES);
        NpyArray in = arrays.get("in0");
        Tensor normalized = Tensor.of(in.type(), in.dims(), in.bytes()).transpose(0, 3, 1, 2);
        float[] pixels = normalized.floats();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 127.5f * pixels[i] + 127.5f;
        }
        NpyArray out = arrays.get("out0");
        float[] wanted = Tensor.of(out.type(), out.dims(), out.bytes()).floats();
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor input = NativeTensor.ofFloats(pixels, normalized.dims())) {
            Map<String, NativeTensor> outputs =
                    session.run(Map.of(session.inputs().get(0).name(), input));
            float[] found = outputs.values().iterator().next().floats();
            assertThat(found).hasSize(4).containsExactly(wanted, within(1e-5f));
            outputs.values().forEach(NativeTensor::close);
        }
    }

    @Test
    void nothingIsClaimedOfAFileWithoutMetadata() throws IOException {
        assertThat(read(Vectors.model("network_float")).metadata())
                .containsOnly(Map.entry(TfliteReader.PIXELS_KEY, TfliteReader.NOT_STATED));
        assertThat(read(Vectors.model("network_uint8")).metadata())
                .containsOnly(Map.entry(TfliteReader.PIXELS_KEY, TfliteReader.BYTES));
    }

    /** A file whose archive went lost with its end still is a model. */
    @Test
    void labelsThatAreNotThereAreNoFailure() throws IOException {
        byte[] file = Vectors.model("labelled");
        assertThat(read(Arrays.copyOf(file, file.length - 30)).metadata()).doesNotContainKey(TfliteReader.LABELS_KEY);
    }
}
