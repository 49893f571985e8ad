package dev.hone.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against timm's networks: {@code resnetd.py}. */
class ResNetDTest {
    static List<String> vectors() throws IOException {
        try (InputStream in = ResNetDTest.class.getResourceAsStream("/dev/hone/train/resnetd.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void equalsTimm(String vector) {
        String[] fields = vector.split(" ");
        int height = Integer.parseInt(fields[1]);
        int width = Integer.parseInt(fields[2]);
        Model model = Networks.build(NetworkSpec.of(fields[0], 5)
                .withInput(3, height, width, Normalization.uniform(3, 128, 64))
                .withMultipliers(0.125, 1));
        model.graph().constants().forEach(ResNetDTest::fill);
        float[] image = new float[3 * height * width];
        for (int i = 0; i < image.length; i++) {
            image[i] = i * 7 % 256;
        }
        float[] logits = logits(model, image, 3, height, width);
        for (int k = 0; k < logits.length; k++) {
            float expected = Float.parseFloat(fields[4 + k]);
            assertThat(logits[k]).isCloseTo(expected, within(1e-4f * Math.abs(expected)));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void hasTheParametersOfTimm(String vector) {
        String[] fields = vector.split(" ");
        assertThat(NetworksTest.parameters(Networks.build(NetworkSpec.of(fields[0], 1000))))
                .isEqualTo(Long.parseLong(fields[3]));
    }

    private static void fill(Value value) {
        String name = value.name();
        String last = name.substring(name.lastIndexOf('.') + 1);
        if (!List.of("weight", "bias", "running_mean", "running_var").contains(last)) {
            return;
        }
        long[] dims = value.constant().dims();
        int code = name.chars().sum() % 97;
        boolean vector = dims.length == 1;
        double mean = last.equals("running_var") ? 1 : last.equals("weight") && vector ? 0.6 : 0;
        double fanIn = (double) value.constant().count() / dims[0];
        double size = mean > 0 ? mean / 2 : vector ? 0.1 : Math.sqrt(2 / fanIn);
        float[] values = new float[(int) value.constant().count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + size * Math.sin(0.37 * i + code));
        }
        value.setConstant(Tensor.ofFloats(values, dims));
    }

    /**
     * As training starts, residual branches are zero: the shortcuts alone must see every pixel. Published networks see one
     * position in 64 behind the stem.
     */
    @ParameterizedTest
    @CsvSource({"resnet-edge, 96", "resnet-small, 96", "resnet-edge, 84", "resnet18d, 96"})
    void everyPixelCountsFromTheStart(String name, int side) {
        Model model = Networks.build(NetworkSpec.of(name, 2)
                .withInput(1, side, side, Normalization.uniform(1, 128, 64))
                .withMultipliers(0.5, 1)
                .withZeroInit(true)
                .withSeed(1));
        // The first image is flat; each other has one pixel lit, of all in a square as large as the strides together.
        int lit = 32 * 32;
        float[] images = new float[(lit + 1) * side * side];
        Arrays.fill(images, 128);
        for (int i = 0; i < lit; i++) {
            images[((i + 1) * side + 32 + i / 32) * side + 32 + i % 32] = 255;
        }
        float[] logits = logits(model, images, 1, side, side);
        for (int i = 1; i <= lit; i++) {
            assertThat(logits[2 * i] - logits[0]).as("pixel %d", i - 1).isNotZero();
        }
    }

    @Test
    void shortcutsArePooledExceptInPublishedNetworks() {
        assertThat(strided("resnet-edge")).isZero();
        assertThat(strided("resnet-small")).isZero();
        assertThat(strided("resnet50d")).isZero();
        assertThat(strided("resnet18")).isEqualTo(3);
        assertThat(strided("resnet50")).isEqualTo(3);
    }

    /** 1 x 1 convolutions of stride 2. */
    private static long strided(String name) {
        return Networks.build(NetworkSpec.of(name, 2)).graph().nodes().stream()
                .filter(n -> n.is("Conv") && n.intsAttribute("kernel_shape")[0] == 1)
                .filter(n -> n.intsAttribute("strides")[0] != 1)
                .map(Node::label)
                .count();
    }

    private static float[] logits(Model model, float[] image, int channels, int height, int width) {
        long n = image.length / ((long) channels * height * width);
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor input = NativeTensor.ofFloats(image, n, channels, height, width)) {
            Map<String, NativeTensor> outputs = session.run(Map.of(Networks.INPUT, input));
            float[] logits = outputs.get(Networks.LOGITS).floats();
            outputs.values().forEach(NativeTensor::close);
            return logits;
        }
    }
}
