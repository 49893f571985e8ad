package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.runtime.NativeTensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes of one pass, against each by itself. */
class SeveralClassesTest {
    private static final List<Integer> TARGETS = List.of(3, 0, 4, 3);
    private static final Groups GROUPS = Groups.grid(new long[] {3, 16, 12}, 6);

    /** Methods without gradients read all classes off the same runs: not a bit is different. */
    @ParameterizedTest
    @CsvSource({"occlusion,1", "rise,90", "kernel-shap,50", "kernel-shap,64", "exact-shapley,1"})
    void ofTheSameRunsAreAsEachByItself(String method, int samples) {
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(samples).withSeed(7));
        try (NativeTensor baselines = Vectors.baselines();
                Attributor attributor = Method.of(method).open(Vectors.classifier(), baselines, options)) {
            List<Explanation> together = attributor.explain(Vectors.image(), TARGETS, GROUPS);
            assertThat(together).extracting(Explanation::target).containsExactly(3, 0, 4, 3);
            for (Explanation e : together) {
                assertSame(e, attributor.explain(Vectors.image(), e.target(), GROUPS));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"occlusion,1", "rise,90"})
    void byElementToo(String method, int samples) {
        MethodOptions options = MethodOptions.of(OPTIONS.withSamples(samples));
        try (NativeTensor baselines = Vectors.baselines();
                Attributor attributor = Method.of(method).open(Vectors.classifier(), baselines, options)) {
            for (Explanation e : attributor.explain(Vectors.image(), TARGETS)) {
                assertSame(e, attributor.explain(Vectors.image(), e.target()));
                assertThat(e.shape()).containsExactly(3, 16, 12);
            }
        }
    }

    /** Where many gradients are taken, the classes share the way forward, by the same draws; more classes than a pass takes. */
    @ParameterizedTest
    @CsvSource({
        "integrated-gradients,12,",
        "smooth-grad,12,",
        "saliency,1,",
        "input-x-gradient,1,",
        "smooth-grad,12,/down/down.0/Conv_output_0",
        "gradient-shap,12,/down/down.0/Conv_output_0"
    })
    void ofTheSameGradientsAreAsEachByItself(String method, int samples, String layer) {
        List<Integer> targets = List.of(3, 0, 4, 3, 1, 2, 0, 1, 2);
        MethodOptions options =
                MethodOptions.of(OPTIONS.withSamples(samples).withSeed(7)).withLayer(layer);
        try (NativeTensor baselines = Vectors.baselines();
                Attributor attributor = Method.of(method).open(Vectors.classifier(), baselines, options)) {
            List<Explanation> together = attributor.explain(Vectors.image(), targets);
            assertThat(together).extracting(Explanation::target).isEqualTo(targets);
            for (Explanation e : together) {
                Explanation alone = attributor.explain(Vectors.image(), e.target());
                Vectors.assertClose(e.attribution(), alone.attribution(), 1e-6);
                assertThat(e.score()).isEqualTo(alone.score());
                assertThat(e.shape()).isEqualTo(alone.shape());
            }
        }
    }

    /** In one pass and each by itself; cut behind the affine part and whole; to an error too. */
    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "3,0", "0,0.1", "1,0.1"})
    void classesOfOnePassAreAsEachByItself(int chunk, double error) {
        float[] image = Vectors.image();
        SamplingOptions options = OPTIONS.withChunk(chunk).withSamples(33).withSeed(5);
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(
                        Vectors.classifier(), baselines, error > 0 ? options.withError(error) : options)) {
            List<Explanation> together = shap.explain(image, List.of(3, 0, 3, 1, 2, 4, 0, 1, 2, 3));
            assertThat(together).extracting(Explanation::target).containsExactly(3, 0, 3, 1, 2, 4, 0, 1, 2, 3);
            for (Explanation e : together.subList(0, 3)) {
                if (error == 0) {
                    Explanation alone = shap.explain(image, e.target());
                    Vectors.assertClose(e.attribution(), alone.attribution(), 1e-6);
                    Vectors.assertClose(e.rowDeltas(), alone.rowDeltas(), 1e-5);
                }
                assertThat(e.relativeError()).isLessThanOrEqualTo(error > 0 ? error : 1);
            }
            Vectors.assertClose(together.get(2).attribution(), together.get(0).attribution(), 1e-6);
        }
    }

    /** What a sample misses is told from its own score, with its own noise. */
    @Test
    void noisySamplesHaveTheScoresOfEachClass() {
        SamplingOptions noisy = OPTIONS.withSamples(12).withNoise(0.5f);
        try (NativeTensor baselines = Vectors.baselines();
                GradientShap shap = GradientShap.open(Vectors.classifier(), baselines, noisy)) {
            for (Explanation e : shap.explain(Vectors.image(), TARGETS)) {
                Vectors.assertClose(
                        e.rowDeltas(), shap.explain(Vectors.image(), e.target()).rowDeltas(), 1e-5);
            }
        }
    }

    private static void assertSame(Explanation found, Explanation alone) {
        assertThat(found.attribution()).containsExactly(alone.attribution());
        assertThat(found.standardError()).containsExactly(alone.standardError());
        assertThat(told(found)).isEqualTo(told(alone));
    }

    private static List<Number> told(Explanation e) {
        return List.of(e.score(), e.expected(), e.relativeError(), e.additivityError(), e.samples());
    }
}
