package dev.hone.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworksTest {
    /** Counts published with torchvision's weights, with timm's ResNet-D, with DeiT, and of the small network in PyTorch. */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512",
        "resnet34, 21797672",
        "resnet50, 25557032",
        "resnet18d, 11708744",
        "resnet34d, 21816904",
        "resnet50d, 25576264",
        "mobilenetv2, 3504872",
        "mobilenetv3-small, 2542856",
        "mobilenetv3-large, 5483032",
        "efficientnet-b0, 5288548",
        "vit-tiny, 5717416",
    })
    void hasThePublishedNumberOfParameters(String name, long expected) {
        assertThat(parameters(Networks.build(NetworkSpec.of(name, 1000)))).isEqualTo(expected);
    }

    @Test
    void smallNetworkHasThePeersNumberOfParameters() {
        NetworkSpec spec = NetworkSpec.of("resnet-small", 2).withInput(1, 160, 160, Normalization.uniform(1, 128, 64));
        assertThat(parameters(Networks.build(spec))).isEqualTo(690506);
    }

    /** Weights and biases: what is called so, statistics of batch norms and constants of operators left out. */
    static long parameters(Model model) {
        return model.graph().constants().stream()
                .filter(v -> v.name().endsWith(".weight")
                        || v.name().endsWith(".bias")
                        || v.name().endsWith("_token")
                        || v.name().endsWith("_embed"))
                .mapToLong(v -> v.constant().count())
                .sum();
    }

    static Iterable<String> names() {
        return Networks.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void runsOnBatchesOfAnySize(String name) {
        NetworkSpec spec = NetworkSpec.of(name, 5)
                .withInput(1, 64, 48, Normalization.uniform(1, 128, 64))
                .withMultipliers(0.5, 1)
                .withSeed(3);
        Model model = Networks.build(spec);
        assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("logits", "probabilities");
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor two = NativeTensor.ofFloats(ramp(2 * 64 * 48), 2, 1, 64, 48)) {
            Map<String, NativeTensor> outputs = session.run(Map.of(Networks.INPUT, two));
            float[] p = outputs.get(Networks.PROBABILITIES).floats();
            assertThat(p).hasSize(10);
            assertThat(p[0] + p[1] + p[2] + p[3] + p[4]).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5f));
            outputs.values().forEach(NativeTensor::close);
        }
    }

    private static float[] ramp(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i * 7 % 256;
        }
        return values;
    }

    @Test
    void sameSeedGivesSameWeights() {
        NetworkSpec spec = NetworkSpec.of("mobilenetv3-small", 3).withMultipliers(0.25, 1);
        byte[] a = OnnxWriter.toBytes(Networks.build(spec.withSeed(1)));
        assertThat(OnnxWriter.toBytes(Networks.build(spec.withSeed(1)))).isEqualTo(a);
        assertThat(OnnxWriter.toBytes(Networks.build(spec.withSeed(2)))).isNotEqualTo(a);
    }

    @Test
    void convolutionsStartAsHeProposed() {
        Model model = Networks.build(NetworkSpec.of("resnet18", 10));
        float[] w = model.graph().find("layer1.0.conv1.weight").constant().floats();
        double sum = 0;
        double squares = 0;
        for (float v : w) {
            sum += v;
            squares += v * v;
        }
        double deviation = Math.sqrt(2.0 / (9 * 64));
        assertThat(sum / w.length).isBetween(-deviation / 20, deviation / 20);
        assertThat(Math.sqrt(squares / w.length)).isBetween(0.97 * deviation, 1.03 * deviation);
    }

    @Test
    void namesTheArchitecturesThereAre() {
        assertThatThrownBy(() -> Networks.build(NetworkSpec.of("alexnet", 2)))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'alexnet'")
                .hasMessageContaining("resnet18");
    }

    @Test
    void perImageAndLocalNormalizationRun() {
        for (Normalization normalization :
                new Normalization[] {new Normalization.Image(), new Normalization.Local(9)}) {
            NetworkSpec spec = NetworkSpec.of("resnet-small", 2).withInput(1, 32, 32, normalization);
            try (Session session = Session.open(OnnxWriter.toBytes(Networks.build(spec)), SessionOptions.defaults());
                    NativeTensor dark = NativeTensor.ofFloats(ramp(1024), 1, 1, 32, 32);
                    NativeTensor shifted = NativeTensor.ofFloats(plus(ramp(1024), 40), 1, 1, 32, 32)) {
                float[] a = session.run(Map.of(Networks.INPUT, dark))
                        .get(Networks.LOGITS)
                        .floats();
                float[] b = session.run(Map.of(Networks.INPUT, shifted))
                        .get(Networks.LOGITS)
                        .floats();
                assertThat(b).usingComparatorWithPrecision(1e-3f).containsExactly(a);
            }
        }
    }

    private static float[] plus(float[] values, float term) {
        for (int i = 0; i < values.length; i++) {
            values[i] += term;
        }
        return values;
    }
}
