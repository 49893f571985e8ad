package dev.hone.train.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.autodiff.Backward;
import dev.hone.core.CancelledException;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.SeededRandom;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From feature maps to a model of ordinary operators: what the runtime computes is what Java computes. */
class HeadModelTest {
    private static final int SIDE = 12;
    private static final int IMAGES = 90;
    private static final SessionOptions OPTIONS = SessionOptions.defaults().withThreads(1);

    /** Two convolutions of random weights, whose outputs are the maps. */
    private static Model network() {
        Graph graph = new Graph("network");
        Ops o = new Ops(graph);
        Value x = graph.addInput(
                "pixels", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(1), Dim.of(SIDE), Dim.of(SIDE)));
        Value first = o.op("Relu", conv(o, o.mul(x, 1 / 255.0), 1, 6, 1));
        Value second = o.op("Relu", conv(o, first, 6, 10, 2));
        graph.addOutput(first);
        graph.addOutput(second);
        return new Model(graph);
    }

    private static Value conv(Ops o, Value x, int in, int out, long seed) {
        SeededRandom random = new SeededRandom(seed);
        float[] weights = new float[out * in * 9];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.gaussian() / 3;
        }
        Value w = o.constant(Tensor.ofFloats(weights, out, in, 3, 3));
        return o.op(
                "Conv",
                Map.of("kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2}, "pads", new long[] {1, 1, 1, 1
                }),
                x,
                w);
    }

    private static int label(int image) {
        return image % 3;
    }

    /** Noise with a bright spot, a dark one, or neither. */
    private static float[] pixels() {
        SeededRandom random = new SeededRandom(5);
        float[] pixels = new float[IMAGES * SIDE * SIDE];
        for (int i = 0; i < IMAGES; i++) {
            for (int p = 0; p < SIDE * SIDE; p++) {
                pixels[i * SIDE * SIDE + p] = (float) (128 + 20 * random.gaussian());
            }
            int at = i * SIDE * SIDE + (2 + random.below(6)) * SIDE + 2 + random.below(6);
            for (int d = 0; d < 3; d++) {
                pixels[at + d] += label(i) == 0 ? 0 : label(i) == 1 ? 90 : -90;
                pixels[at + SIDE + d] += label(i) == 0 ? 0 : label(i) == 1 ? 90 : -90;
            }
        }
        return pixels;
    }

    private static Map<String, float[]> run(Model model, float[] pixels) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), OPTIONS);
                NativeTensor x = NativeTensor.ofFloats(pixels, pixels.length / SIDE / SIDE, 1, SIDE, SIDE)) {
            Map<String, NativeTensor> out =
                    session.run(Map.of(session.inputs().get(0).name(), x));
            Map<String, float[]> values = new LinkedHashMap<>();
            out.forEach((name, tensor) -> values.put(name, tensor.floats()));
            out.values().forEach(NativeTensor::close);
            return values;
        }
    }

    private record Fitted(FeatureModel features, Projection projection, HeadSamples samples, FittedHead head) {}

    private static Fitted fit(HeadKind kind) {
        FeatureModel features = FeatureModel.of(
                network(), new FeatureForm(Pooling.MEAN, Pooling.DEVIATION, Pooling.GENERALIZED_MEAN, Pooling.MAXIMUM));
        FeatureRows rows = FeatureRows.of(run(features.model(), pixels()).get(FeatureModel.FEATURES), features.width());
        int[] all = IntStream.range(0, IMAGES).toArray();
        Projection projection = Projection.fit(rows, all, 1, OPTIONS);
        int[] labels = IntStream.of(all).map(HeadModelTest::label).toArray();
        HeadSamples samples = new HeadSamples(projection.components(rows, OPTIONS), projection.components(), labels, 3);
        int[] folds = IntStream.of(all).map(i -> i / 3 % 5).toArray();
        HeadSearch search = new HeadSearch(samples, folds, List.of("none", "bright", "dark"), 1);
        return new Fitted(features, projection, samples, search.fit(kind, new Progress() {}));
    }

    @ParameterizedTest
    @EnumSource
    void theFileComputesWhatTheHeadDoes(HeadKind kind) {
        Fitted fitted = fit(kind);
        assertThat(fitted.head().crossValidation().confusion().accuracy()).isGreaterThan(0.8);
        Model model = HeadModel.of(
                fitted.features(), fitted.projection(), fitted.head().head());
        assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("logits", "probabilities");
        assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("image");
        Map<String, float[]> out = run(model, pixels());
        HeadSamples samples = fitted.samples();
        for (int i = 0; i < IMAGES; i++) {
            double[] logits = fitted.head().head().logits(samples.values(), i * samples.width());
            float[] probabilities = HeadSearch.probabilities(logits, 1);
            for (int k = 0; k < 3; k++) {
                assertThat(out.get("logits")[i * 3 + k])
                        .as("image %d, class %d", i, k)
                        .isEqualTo((float) logits[k], within(2e-3f));
                assertThat(out.get("probabilities")[i * 3 + k]).isEqualTo(probabilities[k], within(1e-3f));
            }
        }
    }

    /** The model with the gradient of the second class's logit as another output. */
    private static Model gradient(Model model) {
        Model copy = model.copy();
        Graph graph = copy.graph();
        Ops o = new Ops(graph);
        Value logit = o.reduceSum(o.slice(graph.find("logits"), 1, 1, 2, 1), false, 0, 1);
        Value image = graph.inputs().get(0);
        Value gradient = o.op(
                "Identity", Backward.gradients(graph, logit, List.of(image)).get(image));
        gradient.setName("gradient");
        graph.addOutput(gradient);
        return copy;
    }

    @ParameterizedTest
    @EnumSource
    void theModelHasGradients(HeadKind kind) {
        Fitted fitted = fit(kind);
        Model model = HeadModel.of(
                fitted.features(), fitted.projection(), fitted.head().head());
        float[] image = Arrays.copyOfRange(pixels(), SIDE * SIDE, 2 * SIDE * SIDE);
        float[] slopes = run(gradient(model), image).get("gradient");
        int at = 5 * SIDE + 5;
        float[] more = image.clone();
        float[] less = image.clone();
        more[at] += 0.5f;
        less[at] -= 0.5f;
        double difference = run(model, more).get("logits")[1] - run(model, less).get("logits")[1];
        assertThat((double) slopes[at]).isEqualTo(difference, within(2e-3 + 0.05 * Math.abs(difference)));
    }

    @Test
    void aSampleThatIsNeverHeldOutIsInNoResult() {
        HeadSamples samples = fit(HeadKind.LINEAR).samples();
        int[] folds = IntStream.range(0, IMAGES).map(i -> i < 9 ? -1 : i % 2).toArray();
        HeadSearch search = new HeadSearch(samples, folds, List.of("none", "bright", "dark"), 1);
        FittedHead head = search.fit(HeadKind.PROTOTYPES, new Progress() {});
        assertThat(head.crossValidation().size()).isEqualTo(IMAGES - 9);
    }

    @Test
    void aClassWithoutTrainingSamplesIsNotPredicted() {
        HeadSamples samples = fit(HeadKind.LINEAR).samples();
        int[] labels = IntStream.of(samples.labels()).map(l -> l == 2 ? 0 : l).toArray();
        HeadSamples two = new HeadSamples(samples.values(), samples.width(), labels, 3);
        int[] folds = IntStream.range(0, IMAGES).map(i -> i % 3).toArray();
        HeadSearch search = new HeadSearch(two, folds, List.of("none", "bright", "dark"), 1);
        for (HeadKind kind : HeadKind.values()) {
            assertThat(search.fit(kind, new Progress() {}).crossValidation().predicted())
                    .as(kind.label())
                    .doesNotContain(2);
        }
    }

    @Test
    void refusesWhatCannotBeFitted() {
        HeadSamples samples = fit(HeadKind.LINEAR).samples();
        assertThatThrownBy(() -> new HeadSearch(samples, new int[IMAGES], List.of("none", "bright", "dark"), 1))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("belong to one group");
        assertThatThrownBy(() -> HeadKind.named("svn"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("'svn' is not one of linear, svm, mlp, prototypes; did you mean 'svm'?");
        FeatureRows same = FeatureRows.of(new float[40], 4);
        assertThatThrownBy(() -> Projection.fit(same, new int[] {0, 1, 2}, 1, OPTIONS))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("all features are the same for all 3 training images");
        Graph flat = new Graph("flat");
        flat.addOutput(flat.addInput("x", ElementType.FLOAT, Shape.of(2, 3)));
        assertThatThrownBy(() -> FeatureModel.of(new Model(flat), FeatureForm.standard()))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("is no feature map");
    }

    @Test
    void cancelsBetweenParts() {
        HeadSamples samples = fit(HeadKind.LINEAR).samples();
        HeadSearch search = new HeadSearch(
                samples, IntStream.range(0, IMAGES).map(i -> i % 5).toArray(), List.of("none", "bright", "dark"), 1);
        Progress cancelled = new Progress() {
            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        assertThatThrownBy(() -> search.fit(HeadKind.SVM, cancelled)).isInstanceOf(CancelledException.class);
    }
}
