package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class FidelityTest {
    /** Multiplies rows of two by factors. */
    private static Model times(float first, float second) {
        Graph graph = new Graph("times");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Ops ops = new Ops(graph);
        graph.addOutput(ops.mul(x, ops.constant(Tensor.ofFloats(new float[] {first, second}, 2))));
        return new Model(graph);
    }

    private static CalibrationFeeds feeds(NativeTensor... batches) {
        return CalibrationFeeds.of("x", CalibrationData.of(List.of(batches)));
    }

    /** (3,4) and (1,0) become (3,0) and (1,0); (0,0) stays: cosines 3/5 and thrice 1; noise 16 of a signal of 26. */
    @Test
    void pointsAreThoseOfTheDefinitions() {
        SessionOptions session = SessionOptions.defaults();
        try (NativeTensor a = NativeTensor.ofFloats(new float[] {3, 4, 1, 0}, 2, 2);
                NativeTensor b = NativeTensor.ofFloats(new float[4], 2, 2);
                Fidelity cosine = new Fidelity(times(1, 1), feeds(a, b), Fidelity.Measure.COSINE, session);
                Fidelity snr = new Fidelity(times(1, 1), feeds(a, b), Fidelity.Measure.SNR, session)) {
            assertThat(cosine.points(times(1, 0))).isCloseTo(100 * 3.6 / 4, within(1e-9));
            assertThat(cosine.points(times(2, 2))).isCloseTo(100, within(1e-9));
            assertThat(cosine.points(times(-1, -1))).isCloseTo(0, within(1e-9));
            assertThat(snr.points(times(1, 0))).isCloseTo(100 * (1 - Math.sqrt(16 / 26.0)), within(1e-9));
            assertThat(snr.points(times(1, 1))).isEqualTo(100);
            assertThat(snr.points(times(9, 9))).isZero();
        }
    }

    @Test
    void needsDataAndFloats() {
        assertThatThrownBy(() -> new Fidelity(times(1, 1), feeds(), Fidelity.Measure.SNR, SessionOptions.defaults()))
                .isInstanceOf(CompressionException.class)
                .hasMessageContaining("no calibration data");
        Model integers = times(1, 1);
        Graph graph = integers.graph();
        graph.setOutput(0, new Ops(graph).cast(graph.outputs().get(0), ElementType.INT64));
        try (NativeTensor a = NativeTensor.ofFloats(new float[] {3, 4}, 1, 2)) {
            assertThatThrownBy(() -> new Fidelity(integers, feeds(a), Fidelity.Measure.SNR, SessionOptions.defaults()))
                    .isInstanceOf(CompressionException.class)
                    .hasMessageContaining("is not FP32");
        }
    }
}
