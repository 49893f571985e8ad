package dev.hone.explain;

import static dev.hone.explain.Vectors.OPTIONS;
import static dev.hone.explain.Vectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Captum's Occlusion, and by hand. */
class OcclusionTest {
    @ParameterizedTest
    @CsvSource({"occlusion_4_2,4,2,true,1", "occlusion_4_2,4,2,true,3", "occlusion_5_3,5,3,false,2"})
    void occlusionEqualsCaptum(String vector, int window, int stride, boolean mean, int threads) {
        SamplingOptions common = OPTIONS.withSession(OPTIONS.session().withThreads(threads));
        try (NativeTensor baselines = mean ? Vectors.baselines() : Vectors.black();
                Attributor occlusion = Method.OCCLUSION.open(
                        Vectors.classifier(),
                        baselines,
                        MethodOptions.of(common).withWindow(window, stride))) {
            assertClose(
                    occlusion.explain(Vectors.image(), 2).attribution(),
                    Vectors.of(vector).floats(),
                    1e-4);
        }
    }

    @Test
    void occlusionTakesAModelOfFixedBatch() {
        Model model = Vectors.classifier();
        model.graph().inputs().get(0).setShape(Shape.of(4, 3, 16, 12));
        try (NativeTensor baselines = Vectors.baselines();
                Attributor occlusion = Method.OCCLUSION.open(
                        model, baselines, MethodOptions.of(OPTIONS).withWindow(4, 2))) {
            float[] found = occlusion.explain(Vectors.image(), 2).attribution();
            assertClose(found, Vectors.of("occlusion_4_2").floats(), 1e-4);
            assertClose(occlusion.scores(Vectors.image()), Vectors.of("scores").floats(), 1e-5);
        }
    }

    @Test
    void refusesAWindowLargerThanTheImage() {
        try (NativeTensor black = Vectors.black();
                Attributor occlusion = Method.OCCLUSION.open(
                        Vectors.classifier(), black, MethodOptions.of(OPTIONS).withWindow(17, 4))) {
            assertThatThrownBy(() -> occlusion.explain(Vectors.image(), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageContaining("window of 17")
                    .hasMessageContaining("over 16");
        }
    }

    /** A tenth of the longer side, moved by half of it. */
    @Test
    void occlusionsWindowIsATenthUnlessTold() {
        try (NativeTensor zero = NativeTensor.allocate(1, 1, 1, 40, 20);
                Attributor occlusion =
                        Method.OCCLUSION.open(Tables.pixel(40, 20, 5, 5), zero, MethodOptions.of(OPTIONS))) {
            float[] ones = new float[800];
            Arrays.fill(ones, 1);
            Explanation e = occlusion.explain(ones, 0);
            // Of 4 pixels by 2: 19 places down, 9 across.
            assertThat(e.samples()).isEqualTo(19 * 9);
            // Windows from rows 2 and 4 cover row 5, and so do two across; all of row 7's that reach column 5 begin at
            // 4.
            assertThat(e.attribution()[5 * 20 + 5]).isEqualTo(1);
            assertThat(e.attribution()[7 * 20 + 5]).isEqualTo(0.5f);
            assertThat(e.attribution()[8 * 20 + 5]).isZero();
        }
    }
}
