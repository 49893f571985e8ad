package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods that look inside the model, against Captum's and the papers' formulas in {@code method_vectors.py}. */
class LayerTest {
    private static final String LAST = "/down/down.0/Conv_output_0";

    private static Attributor open(Method method, Model model, String layer, int samples) {
        try (NativeTensor baselines = Vectors.baselines()) {
            MethodOptions options = MethodOptions.of(OPTIONS.withSamples(samples));
            return method.open(model, baselines, options.withLayer(layer));
        }
    }

    @ParameterizedTest
    @CsvSource({"false,1,grad_cam", "false,3,grad_cam", "true,1,grad_cam_plus_plus"})
    void equalsCaptumsMapOfTheLayer(boolean plusPlus, int batch, String vector) {
        Model model = Vectors.classifier();
        if (batch > 1) {
            model.graph().inputs().get(0).setShape(Shape.of(batch, 3, 16, 12));
        }
        Method method = plusPlus ? Method.GRAD_CAM_PLUS_PLUS : Method.GRAD_CAM;
        try (GradCam cam = (GradCam) open(method, model, LAST, 1)) {
            List<float[]> outputs = cam.layer(Vectors.image(), 2);
            assertClose(
                    cam.map(outputs.get(1), outputs.get(2)), Vectors.of(vector).floats(), 1e-4);
            Explanation e = cam.explain(Vectors.image(), 2);
            assertThat(e.shape()).containsExactly(3, 16, 12);
            float[] map = Vectors.of(vector).floats();
            for (int i = 0; i < map.length; i++) {
                map[i] = Math.max(0, map[i]);
            }
            // A pixel's value, divided among its channels.
            assertClose(e.perPixel(), Bilinear.resized(map, 2, 2, 16, 12), 1e-4);
            assertThat(e.attribution()[0]).isEqualTo(e.attribution()[16 * 12]);
        }
    }

    /** The product of the gate behind the last convolution has its size and comes later. */
    @Test
    void looksAtTheLastFeatureMapsUnlessTold() {
        try (Attributor chosen = open(Method.GRAD_CAM, Vectors.classifier(), null, 1);
                Attributor named = open(Method.GRAD_CAM, Vectors.classifier(), "/down/down.1/Mul", 1)) {
            float[] image = Vectors.image();
            assertThat(chosen.explain(image, 2).attribution())
                    .containsExactly(named.explain(image, 2).attribution());
        }
    }

    @Test
    void inputTimesGradientOfALayerEqualsCaptum() {
        try (Attributor layer = open(Method.INPUT_X_GRADIENT, Vectors.classifier(), LAST, 1)) {
            Explanation e = layer.explain(Vectors.image(), 2);
            assertClose(e.attribution(), Vectors.of("layer_x_gradient").floats(), 1e-4);
            assertThat(e.shape()).containsExactly(12, 2, 2);
            assertThat(layer.inputDims()).containsExactly(1, 3, 16, 12);
        }
    }

    @Test
    void integratedGradientsOfALayerEqualCaptum() {
        Model model = Vectors.classifier();
        try (NativeTensor mean = Baselines.mean(Vectors.baselines());
                Attributor layer = Method.INTEGRATED_GRADIENTS.open(
                        model,
                        mean,
                        MethodOptions.of(OPTIONS.withSamples(20)).withLayer("/stem/stem.3/MaxPool_output_0"))) {
            float[] found = layer.explain(Vectors.image(), 2).attribution();
            assertClose(found, Vectors.of("layer_integrated").floats(), 1e-4);
        }
    }

    @Test
    void gradientShapOfALayerComparesWithEveryBaseline() {
        float[] scores = Vectors.of("baseline_scores").floats();
        try (Attributor layer = open(Method.GRADIENT_SHAP, Vectors.classifier(), LAST, 400)) {
            Explanation e = layer.explain(Vectors.image(), 2);
            assertThat((double) e.expected())
                    .isCloseTo((scores[2] + scores[7] + scores[12] + scores[17]) / 4.0, within(1e-5));
            assertThat(e.additivityError()).isLessThan(0.02);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"the scores", "probabilities"})
    void refusesTheScoresAndWhatIsBehindThem(String layer) {
        Model model = Vectors.classifier();
        Graph graph = model.graph();
        Value scores = graph.outputs().get(0);
        scores.setName("the scores");
        graph.setOutput(0, new Ops(graph).op("Softmax", Map.of("axis", 1), scores));
        graph.outputs().get(0).setName("probabilities");
        assertThatThrownBy(() -> open(Method.SALIENCY, model, layer, 1))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("layer '" + layer + "' lies at or behind the scores");
    }

    @Test
    void refusesLayersThatAreNoneOrPassedBy() {
        assertThatThrownBy(() -> open(Method.GRADIENT_SHAP, Vectors.classifier(), "conv9", 1))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("'conv9'");
        assertThatThrownBy(() -> open(Method.SALIENCY, Vectors.classifier(), "/depthwise/depthwise.0/Conv", 1))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("past layer '/depthwise/depthwise.0/Conv'");
        Model aside = Vectors.classifier();
        Graph graph = aside.graph();
        Value unread = new Ops(graph).op("Relu", graph.find(LAST));
        unread.setName("unread");
        graph.addOutput(unread);
        assertThatThrownBy(() -> open(Method.SALIENCY, aside, "unread", 1))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("does not depend on layer 'unread'");
        assertThatThrownBy(() -> open(Method.RISE, Vectors.classifier(), LAST, 1))
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("rise explains the input alone");
    }

    /** GradientSHAP and Grad-CAM of a transformer: its patches are a convolution's feature maps. */
    @Test
    void takesATransformer() {
        Model model = Vectors.read("transformer.onnx");
        try (Attributor shap = open(Method.GRADIENT_SHAP, model, null, 200);
                Attributor cam = open(Method.GRAD_CAM, model, null, 1)) {
            assertThat(shap.explain(Vectors.image(), 1).additivityError()).isLessThan(0.05);
            assertThat(cam.explain(Vectors.image(), 1).attribution()).hasSize(576);
        }
    }
}
