package dev.hone.train.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against features.txt: maps of the original files by ONNX Runtime in Python, preprocessed by NumPy. */
class BackbonesTest {
    private static final int HEIGHT = 64;
    private static final int WIDTH = 96;

    /** Lines of a trunk and a color, from fine to coarse. */
    private static List<String[]> expected(String trunk, String color) throws IOException {
        try (InputStream in = BackbonesTest.class.getResourceAsStream("features.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" "))
                    .filter(fields -> fields[0].equals(trunk) && fields[1].equals(color))
                    .toList();
        }
    }

    static float[] pixels(int channels) {
        float[] pixels = new float[channels * HEIGHT * WIDTH];
        for (int i = 0; i < HEIGHT; i++) {
            for (int j = 0; j < WIDTH; j++) {
                int gray = (37 * i + 11 * j + i * j / 7) % 256;
                int[] values = {gray, 255 - gray, gray * 3 % 256};
                for (int c = 0; c < channels; c++) {
                    pixels[(c * HEIGHT + i) * WIDTH + j] = values[c];
                }
            }
        }
        return pixels;
    }

    private static void assertMaps(Backbone backbone, List<String[]> expected, int channels) {
        List<String> names =
                backbone.maps().stream().map(Backbone.FeatureMap::name).toList();
        try (Session session = Session.open(OnnxWriter.toBytes(backbone.model()), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(pixels(channels), 1, channels, HEIGHT, WIDTH)) {
            var outputs = session.run(Map.of("image", x), names, Map.of());
            for (int m = 0; m < names.size(); m++) {
                String[] line = expected.get(m);
                Backbone.FeatureMap map = backbone.maps().get(m);
                int rows = HEIGHT / map.stride();
                int columns = WIDTH / map.stride();
                assertThat(map.channels() + "x" + rows + "x" + columns).isEqualTo(line[3]);
                float[] values = outputs.get(names.get(m)).floats();
                float largest = 0;
                for (float v : values) {
                    largest = Math.max(largest, Math.abs(v));
                }
                double tolerance = 1e-4 * largest;
                int places = rows * columns;
                for (int c = 0; c < 6; c++) {
                    float[] channel = Arrays.copyOfRange(values, c * places, (c + 1) * places);
                    double mean = 0;
                    for (float v : channel) {
                        mean += (double) v / places;
                    }
                    double variance = 0;
                    for (float v : channel) {
                        variance += (v - mean) * (v - mean) / places;
                    }
                    assertThat(mean).isCloseTo(Double.parseDouble(line[4 + c]), within(tolerance));
                    assertThat(Math.sqrt(variance)).isCloseTo(Double.parseDouble(line[10 + c]), within(tolerance));
                    int at = (int) ((long) c * (values.length - 1) / 5);
                    assertThat((double) values[at]).isCloseTo(Double.parseDouble(line[16 + c]), within(tolerance));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void mapsOfTheBundledTrunkEqualThoseOfItsFile(int channels) throws IOException {
        List<String[]> expected = expected(Backbones.PPOCR_DET, channels == 1 ? "gray" : "rgb");
        Backbone backbone = Backbones.open(Backbones.PPOCR_DET, null, channels, HEIGHT, WIDTH);
        assertThat(backbone.maps()).extracting(Backbone.FeatureMap::stride).containsExactly(4, 8, 16, 32);
        assertMaps(backbone, expected, channels);
        assertMaps(backbone.folded(), expected, channels);
    }

    /** Where somebody has added it: it does not come with Hone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void mapsOfTheAddedTrunkEqualThoseOfAnotherConverter(int channels) throws IOException {
        String name = Backbones.OPENIMAGES_MOBILENETV2;
        assumeTrue(BackboneCache.open().find(name).isPresent(), name + " has not been added on this machine");
        Backbone backbone = Backbones.open(name, null, channels, HEIGHT, WIDTH);
        assertThat(backbone.maps()).extracting(Backbone.FeatureMap::stride).containsExactly(4, 8, 16, 32);
        assertMaps(backbone, expected(name, channels == 1 ? "gray" : "rgb"), channels);
    }

    @Test
    void aSizeMayBeLeftOpen() throws IOException {
        Backbone backbone = Backbones.open(Backbones.PPOCR_DET, null, 1, 0, 0);
        assertMaps(backbone, expected(Backbones.PPOCR_DET, "gray"), 1);
    }
}
