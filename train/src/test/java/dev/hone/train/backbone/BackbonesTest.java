package dev.hone.train.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.PretrainedWeights;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import dev.hone.train.step.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against features.txt, maps of the original files by ONNX Runtime in Python, preprocessed by NumPy; and tiny.txt, what
 * PyTorch gives at the ends of the stages of small networks that it exported.
 */
class BackbonesTest {
    private static final int HEIGHT = 64;
    private static final int WIDTH = 96;

    /** Lines of a trunk and a color, from fine to coarse. */
    private static List<String[]> expected(String trunk, String color) throws IOException {
        String file = trunk.startsWith("tiny") ? "tiny.txt" : "features.txt";
        try (InputStream in = BackbonesTest.class.getResourceAsStream(file)) {
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

    private static String tiny(String name) {
        try {
            return Path.of(BackbonesTest.class
                            .getResource("tiny-" + name + ".onnx")
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The coarsest maps, as many as are expected. */
    private static void assertMaps(Backbone backbone, List<String[]> expected, int channels) {
        int finer = backbone.maps().size() - expected.size();
        List<String> names =
                backbone.maps().stream().map(Backbone.FeatureMap::name).toList();
        try (Session session = Session.open(OnnxWriter.toBytes(backbone.model()), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(pixels(channels), 1, channels, HEIGHT, WIDTH)) {
            var outputs = session.run(Map.of("image", x), names, Map.of());
            for (int m = finer; m < names.size(); m++) {
                String[] line = expected.get(m - finer);
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

    @Test
    void aSizeMayBeLeftOpen() throws IOException {
        Backbone backbone = Backbones.open(Backbones.PPOCR_DET, null, 1, 0, 0);
        assertMaps(backbone, expected(Backbones.PPOCR_DET, "gray"), 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet", "convnext"})
    void mapsAreTheEndsOfStagesInPyTorch(String net) throws IOException {
        Backbone backbone = Backbones.open(tiny(net), Normalization.imageNet(), 1, HEIGHT, WIDTH);
        List<String[]> expected = expected("tiny-" + net, "gray");
        assertThat(expected).isNotEmpty();
        assertMaps(backbone, expected, 1);
        assertMaps(backbone.folded(), expected, 1);
    }

    @Test
    void batchNormalizationsStayForTrainingAndAreFoldedForFeatures() {
        Backbone backbone = Backbones.open(tiny("resnet"), Normalization.imageNet(), 3, 64, 64);
        assertThat(operators(backbone)).contains("BatchNormalization");
        assertThat(operators(backbone.folded())).doesNotContain("BatchNormalization");
        assertThat(backbone.folded().maps()).isEqualTo(backbone.maps());
        assertThat(Parameters.names(backbone.model().graph())).contains("net.stages.0.bn1.weight");
        assertThat(backbone.model().graph().find("net.fc.weight")).isNull();
        assertThat(backbone.weights().name()).isEqualTo("tiny-resnet.onnx");
        assertThat(PretrainedWeights.read(backbone.model().metadata())).contains(backbone.weights());
    }

    private static List<String> operators(Backbone backbone) {
        return backbone.model().graph().nodes().stream().map(Node::op).toList();
    }

    @Test
    void aNetworkOfTokensHasNoMaps() {
        assertThatThrownBy(() -> Backbones.open(tiny("vit"), Normalization.imageNet(), 3, 64, 64))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("tiny-vit.onnx: it has no feature maps");
    }

    @Test
    void aNetworkOfOneSizeTakesThatAlone() {
        Normalization normalization = Normalization.imageNet();
        assertThat(Backbones.open(tiny("bound"), normalization, 3, 64, 64).maps())
                .extracting(Backbone.FeatureMap::stride)
                .containsExactly(4, 8);
        assertThatThrownBy(() -> Backbones.open(tiny("bound"), normalization, 3, 96, 64))
                .hasMessageContaining("takes images of 64 x 64 pixels alone, these are 96 x 64");
        assertThatThrownBy(() -> Backbones.open(tiny("bound"), normalization, 3, 0, 0))
                .hasMessageContaining("these are of any size");
    }

    @Test
    void channelsAndNormalizationHaveToFit() {
        Normalization normalization = Normalization.imageNet();
        assertThatThrownBy(() -> Backbones.open(tiny("resnet"), normalization, 4, 64, 64))
                .hasMessageContaining("it takes images of 3 channels, these have 4");
        assertThatThrownBy(() -> Backbones.open(tiny("resnet"), null, 3, 64, 64))
                .hasMessageContaining("does not say how pixels are normalized");
        assertThatThrownBy(() -> Backbones.open(tiny("resnet"), Normalization.uniform(1, 0, 1), 1, 64, 64))
                .hasMessageContaining("normalization is for 1 channels, the input has 3");
        assertThatThrownBy(() -> Backbones.open("ppocrdet", null, 3, 64, 64))
                .hasMessageContaining("did you mean 'ppocr-det'");
        assertThatThrownBy(() -> Backbones.open("nosuch.onnx", null, 3, 64, 64)).hasMessageContaining("no such file");
    }

    @Test
    void metadataSayHowPixelsAreNormalized(@TempDir Path folder) throws IOException {
        Model model = OnnxReader.read(Path.of(tiny("resnet")));
        Map<String, String> metadata = model.metadata();
        metadata.put("Image.NominalPixelRange", "Normalized_1_1");
        metadata.put("Image.BitmapPixelFormat", "Bgr8");
        metadata.put("model_license", "BSD-3-Clause");
        Path file = Files.write(folder.resolve("net.onnx"), OnnxWriter.toBytes(model));
        Backbone declared = Backbones.open(file.toString(), null, 3, HEIGHT, WIDTH);
        assertThat(declared.weights().license()).isEqualTo("BSD-3-Clause");
        Backbone rgb = Backbones.open(tiny("resnet"), new Normalization.Uniform(127.5f, 127.5f), 3, HEIGHT, WIDTH);
        float[] pixels = pixels(3);
        float[] reversed = new float[pixels.length];
        int places = HEIGHT * WIDTH;
        for (int c = 0; c < 3; c++) {
            System.arraycopy(pixels, c * places, reversed, (2 - c) * places, places);
        }
        assertThat(last(declared, pixels)).containsExactly(last(rgb, reversed), within(1e-5f));

        metadata.put("Image.NominalPixelRange", "Normalized_0_2");
        Files.write(file, OnnxWriter.toBytes(model));
        assertThatThrownBy(() -> Backbones.open(file.toString(), null, 3, 64, 64))
                .hasMessageContaining("'Normalized_0_2', expected NominalRange_0_255");
    }

    private static float[] last(Backbone backbone, float[] pixels) {
        String name = backbone.maps().get(backbone.maps().size() - 1).name();
        try (Session session = Session.open(OnnxWriter.toBytes(backbone.model()), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(pixels, 1, 3, HEIGHT, WIDTH)) {
            return session.run(Map.of("image", x), List.of(name), Map.of())
                    .get(name)
                    .floats();
        }
    }

    /** What Hone trained takes raw pixels; of another tool's file with a fixed batch the batch opens. */
    @Test
    void aModelOfHonesOwnHasItsNormalizationInside(@TempDir Path folder) throws IOException {
        NetworkSpec spec = NetworkSpec.of("resnet-small", 2).withInput(1, 64, 64, new Normalization.Image());
        Model own = Networks.build(spec);
        own.metadata().put("hone.labels", "[\"a\",\"b\"]");
        Path file = Files.write(folder.resolve("own.onnx"), OnnxWriter.toBytes(own));
        Backbone backbone = Backbones.open(file.toString(), null, 1, 96, 64);
        assertThat(backbone.maps()).hasSizeGreaterThan(1);
        assertThatThrownBy(() -> Backbones.open(file.toString(), Normalization.uniform(1, 0, 255), 1, 96, 64))
                .hasMessageContaining("normalization is inside the model already");
        assertThatThrownBy(() -> Backbones.open(file.toString(), null, 3, 64, 64))
                .hasMessageContaining("1 channel, these have 3; bring the images to grayscale");
    }

    @Test
    void anImageAsLastAxesIsTransposed(@TempDir Path folder) throws IOException {
        Model model = OnnxReader.read(Path.of(tiny("resnet")));
        Graph graph = model.graph();
        Value before = graph.inputs().get(0);
        Value image = graph.addInput(
                "nhwc", ElementType.FLOAT, Shape.of(Dim.symbol("b"), Dim.symbol("h"), Dim.symbol("w"), Dim.of(3)));
        before.replaceBy(new Ops(graph).transpose(image, 0, 3, 1, 2));
        graph.removeInput(before);
        Path file = Files.write(folder.resolve("nhwc.onnx"), OnnxWriter.toBytes(model));
        Backbone transposed = Backbones.open(file.toString(), Normalization.imageNet(), 1, HEIGHT, WIDTH);
        assertMaps(transposed, expected("tiny-resnet", "gray"), 1);
        assertThat(operators(transposed)).doesNotContain("Transpose");
    }

    @Test
    void inputsBesideTheImageAreRefused(@TempDir Path folder) throws IOException {
        Model model = OnnxReader.read(Path.of(tiny("resnet")));
        Graph graph = model.graph();
        Value second = graph.addInput("other", ElementType.FLOAT, Shape.of(1, 3, 8, 8));
        Path file = Files.write(folder.resolve("two.onnx"), OnnxWriter.toBytes(model));
        assertThatThrownBy(() -> Backbones.open(file.toString(), Normalization.imageNet(), 1, HEIGHT, WIDTH))
                .hasMessageContaining(second.name())
                .hasMessageContaining("expected one image input");
    }
}
