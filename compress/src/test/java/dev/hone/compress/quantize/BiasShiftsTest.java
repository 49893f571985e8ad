package dev.hone.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BiasShiftsTest {
    private static final int ROWS = 3;

    /** One layer of 40 inputs, all about 1, whose weights all round up: the shift is {@code sum of errors * mean}. */
    private static Model model(boolean convolution) {
        Graph graph = new Graph("net");
        Ops ops = new Ops(graph);
        float[] weights = new float[ROWS * 40];
        for (int i = 0; i < weights.length; i++) {
            int row = i / 40;
            weights[i] = i % 40 == 0 ? 127 : 1.6f + row * 0.1f;
        }
        Shape shape = convolution
                ? Shape.of(Dim.symbol("N"), Dim.of(40), Dim.of(2), Dim.of(2))
                : Shape.of(Dim.symbol("N"), Dim.of(40));
        Value x = graph.addInput("x", ElementType.FLOAT, shape);
        Value y = convolution
                ? ops.op("Conv", x, ops.constant(Tensor.ofFloats(weights, ROWS, 40, 1, 1)))
                : ops.op("Gemm", Map.of("transB", 1), x, ops.constant(Tensor.ofFloats(weights, ROWS, 40)));
        y.setName("y");
        graph.addOutput(y);
        return new Model(graph);
    }

    private static NativeTensor images(boolean convolution, long seed) {
        Random random = new Random(seed);
        int pixels = convolution ? 4 : 1;
        float[] values = new float[64 * 40 * pixels];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.5f + random.nextFloat();
        }
        return convolution ? NativeTensor.ofFloats(values, 64, 40, 2, 2) : NativeTensor.ofFloats(values, 64, 40);
    }

    /** The mean of each of the three output channels of a model. */
    private static double[] means(Model model, NativeTensor x) {
        float[] y = TestNets.run(model, x, "y");
        int pixels = y.length / 64 / ROWS;
        double[] means = new double[ROWS];
        for (int i = 0; i < y.length; i++) {
            means[i / pixels % ROWS] += y[i] / (64.0 * pixels);
        }
        return means;
    }

    @Test
    void theMeanShiftIsZeroWithItAndThatOfTheRoundingWithout() {
        QuantizerOptions options =
                QuantizerOptions.defaults().withReduceRange(false).withMethod(CalibrationMethod.MIN_MAX);
        for (boolean convolution : new boolean[] {true, false}) {
            Model model = model(convolution);
            try (NativeTensor x = images(convolution, 1)) {
                CalibrationData data = CalibrationData.of(List.of(x));
                double[] expected = means(model, x);
                double[] plain = means(quantize(model, data, options.withCorrectBias(false)), x);
                double[] corrected = means(quantize(model, data, options), x);
                for (int c = 0; c < ROWS; c++) {
                    double error = 39 * (2 - (1.6 + c * 0.1));
                    assertThat(plain[c] - expected[c]).isCloseTo(error, offset(0.4));
                    assertThat(corrected[c] - expected[c]).isCloseTo(0, offset(0.4));
                }
            }
        }
    }

    private static Model quantize(Model model, CalibrationData data, QuantizerOptions options) {
        return Quantizer.quantize(model, data, options, Progress.NONE).model();
    }

    /** All batches count by their images. */
    @Test
    void batchesOfAnySizeGiveTheSame() {
        Model prepared = Quantizer.prepare(model(false));
        Plan plan = Plan.of(prepared.graph(), QuantizerOptions.defaults());
        try (NativeTensor x = images(false, 3)) {
            float[] values = x.floats();
            try (NativeTensor few = part(values, 0, 10);
                    NativeTensor many = part(values, 10, 64)) {
                float[] whole = shifts(prepared, plan, List.of(x));
                assertThat(shifts(prepared, plan, List.of(few, many))).containsExactly(whole, offset(1e-3f));
            }
        }
    }

    private static NativeTensor part(float[] values, int from, int to) {
        return NativeTensor.ofFloats(java.util.Arrays.copyOfRange(values, from * 40, to * 40), to - from, 40);
    }

    private static float[] shifts(Model prepared, Plan plan, List<NativeTensor> batches) {
        return BiasShifts.measure(
                        prepared,
                        plan,
                        java.util.Map.of(),
                        CalibrationFeeds.of("x", CalibrationData.of(batches)),
                        QuantizerOptions.defaults(),
                        Progress.NONE)
                .get("y");
    }
}
