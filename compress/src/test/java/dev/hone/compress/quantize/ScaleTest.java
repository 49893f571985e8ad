package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
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
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
    /** Rounding, ties and saturation are those of the runtime's QuantizeLinear. */
    @ParameterizedTest
    @CsvSource({"0, 6", "-1, 3", "-5, 0", "0, 1e-4", "-1000, 10"})
    void quantizesAsTheRuntimeDoes(double low, double high) {
        Scale scale = Scale.of(new Range(low, high));
        float[] values = new float[600];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            // Exact ties in the first half, anything in the second, beyond both ends too.
            values[i] = i < 300
                    ? (float) ((i - 20 + 0.5) * scale.step())
                    : (float) (low + (high - low) * (1.5 * random.nextDouble() - 0.25));
        }
        ByteBuffer found = quantizeLinear(values, scale);
        for (int i = 0; i < values.length; i++) {
            // The runtime divides in FP32.
            assertThat(scale.quantize(values[i])).isBetween((found.get(i) & 0xFF) - 1, (found.get(i) & 0xFF) + 1);
            double quotient = values[i] / scale.step();
            if (Math.abs(quotient - Math.floor(quotient) - 0.5) > 1e-3) {
                assertThat(scale.quantize(values[i])).isEqualTo(found.get(i) & 0xFF);
            }
        }
    }

    private static ByteBuffer quantizeLinear(float[] values, Scale scale) {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(values.length));
        Ops ops = new Ops(graph);
        byte[] zero = {(byte) scale.zeroPoint()};
        graph.addOutput(ops.op(
                "QuantizeLinear",
                x,
                ops.constant(scale.step()),
                ops.constant(Tensor.ofBytes(ElementType.UINT8, zero))));
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), SessionOptions.defaults());
                NativeTensor in = NativeTensor.ofFloats(values, values.length);
                NativeTensor out =
                        session.run(Map.of("x", in)).values().iterator().next()) {
            return out.buffer();
        }
    }

    @Test
    void zeroIsExactAndTheEndsAreReached() {
        Scale scale = Scale.of(new Range(-1, 3));
        assertThat(scale.dequantize(scale.quantize(0))).isZero();
        assertThat(scale.quantize(-1)).isZero();
        assertThat(scale.quantize(3)).isEqualTo(255);
        assertThat(scale.quantize(100)).isEqualTo(255);
    }

    /** Else the runtime would keep the Clip, and the convolution in front of it in FP32. */
    @Test
    void bytesNeverExceedARangeFromZero() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            float high = random.nextFloat() * 10 + 1e-3f;
            Scale scale = Scale.of(new Range(0, high));
            assertThat(scale.zeroPoint()).isZero();
            assertThat(255 * scale.step()).isLessThanOrEqualTo(high).isGreaterThan(high * 0.999999f);
        }
    }

    @Test
    void aRangeOfNothingGetsAnyStep() {
        assertThat(Scale.of(new Range(0, 0))).isEqualTo(new Scale(1, 0));
        assertThat(Scale.of(new Range(0, 1e-40))).isEqualTo(new Scale(1, 0));
        assertThatThrownBy(() -> new Scale(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Range(1, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
