package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Dim;
import dev.hone.graph.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole networks against ONNX's own shape inference; see {@code networks.py}. */
class NetworkShapesTest {
    /** What the symbols of the inputs were when ONNX's inference ran. */
    private static final Map<String, Dim> BOUND = Map.of("N", Dim.of(3), "H", Dim.of(192), "W", Dim.of(256));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet18",
                "resnet50",
                "mobilenet_v2",
                "mobilenet_v3_small",
                "efficientnet_b0",
                "vit",
                "swin",
                "lraspp"
            })
    void symbolicAndBoundShapesAgreeWithOnnx(String name, @TempDir Path folder) throws IOException {
        Networks network = Networks.load(folder).get(name);
        ShapeInference.run(network.graph());
        check(network);
        ShapeInference.bind(network.graph(), BOUND);
        check(network);
    }

    private static void check(Networks network) {
        assertThat(network.expected()).isNotEmpty();
        network.expected().forEach((name, spec) -> {
            Value value = network.values().get(name);
            assertThat(value.type()).as(value.toString()).isEqualTo(spec.type());
            assertThat(value.shape()).as(value.producer().toString()).isNotNull();
            assertThat(value.shape().rank()).as(value.toString()).isEqualTo(spec.dims().length);
            for (int axis = 0; axis < spec.dims().length; axis++) {
                Dim dim = value.shape().dim(axis);
                Dim bound = dim.substitute(BOUND::get);
                if (spec.dims()[axis] >= 0) {
                    assertThat(bound)
                            .as("axis " + axis + " of " + value.producer() + ", " + dim)
                            .isEqualTo(Dim.of(spec.dims()[axis]));
                }
            }
        });
        // No dimension of these networks depends on contents.
        assertThat(network.graph().values())
                .allSatisfy(v -> assertThat(v.shape().dims()).noneMatch(Dim::isAnonymous));
    }
}
