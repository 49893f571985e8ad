package dev.hone.compress.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.hone.autodiff.Backward;
import dev.hone.compress.CalibrationData;
import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.CalibrationMethod;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.QuantizerOptions;
import dev.hone.compress.quantize.TestNets;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FakeQuantizationTest {
    private final NativeTensor images = TestNets.images(8, 1);
    private final NativeTensor others = TestNets.images(8, 2);

    @AfterEach
    void close() {
        images.close();
        others.close();
    }

    static Stream<String> patterns() {
        return TestNets.PATTERNS.keySet().stream();
    }

    /** Opened it computes what the runtime's integers compute; closed untrained it is the model it was, and fuses. */
    @ParameterizedTest
    @MethodSource("patterns")
    void standsForTheIntegersAndGoesBackToThem(String pattern) {
        for (boolean reduceRange : new boolean[] {false, true}) {
            QuantizationResult start = Quantizer.quantize(
                    TestNets.of(pattern),
                    CalibrationData.of(List.of(images)),
                    QuantizerOptions.defaults().withReduceRange(reduceRange),
                    Progress.NONE);
            float[] integers = TestNets.run(start.model(), others, "y");
            FakeQuantization fake = FakeQuantization.of(start);
            assertThat(TestNets.decibels(integers, TestNets.run(fake.model(), others, "y")))
                    .isGreaterThan(30);
            Model closed = FakeQuantization.close(fake, fake.model().copy());
            assertThat(TestNets.decibels(integers, TestNets.run(closed, others, "y")))
                    .isGreaterThan(40);
            Audit audit = Audit.of(OnnxWriter.toBytes(closed), SessionOptions.defaults());
            assertThat(audit.left()).isEmpty();
            assertThat(audit.int8Nodes())
                    .isEqualTo(Audit.of(OnnxWriter.toBytes(start.model()), SessionOptions.defaults())
                            .int8Nodes());
        }
    }

    /** Gradients of weights and of the logarithms of steps, of values that saturate too, are PyTorch's. */
    @Test
    void learnsStepsAsPyTorchDoes() throws IOException {
        Map<String, Tensor> expected = vectors();
        Graph net = new Graph("net");
        Value x = net.addInput("x", ElementType.FLOAT, Shape.of(2, 3, 4, 4));
        Value y = new Ops(net).op("Conv", x, net.addConstant(expected.get("w")));
        y.setName("y");
        net.addOutput(y);
        QuantizationResult start;
        try (NativeTensor calibration = tensor(expected.get("calibration"))) {
            start = Quantizer.quantize(
                    new Model(net),
                    CalibrationData.of(List.of(calibration)),
                    QuantizerOptions.defaults()
                            .withReduceRange(false)
                            .withCorrectBias(false)
                            .withMethod(CalibrationMethod.MIN_MAX),
                    Progress.NONE);
        }
        FakeQuantization fake = FakeQuantization.of(start);
        Graph graph = fake.model().graph();
        List<Value> wrt = fake.learned().stream().map(graph::find).toList();
        Ops ops = new Ops(graph);
        Value loss =
                ops.reduceSum(ops.mul(graph.outputs().get(0), graph.outputs().get(0)), false, 0, 1, 2, 3);
        Map<Value, Value> gradients = Backward.gradients(graph, loss, wrt);
        List<String> names = List.of("dlog_w", "dw", "dlog_x", "dlog_y");
        assertThat(wrt).hasSameSizeAs(names);
        for (int i = 0; i < names.size(); i++) {
            Value gradient = ops.op("Identity", gradients.get(wrt.get(i)));
            gradient.setName(names.get(i));
            graph.addOutput(gradient);
        }
        graph.sort();
        try (Session session = Session.open(OnnxWriter.toBytes(fake.model()), SessionOptions.defaults());
                NativeTensor batch = tensor(expected.get("x"))) {
            Map<String, NativeTensor> found = session.run(Map.of("x", batch));
            assertThat(found).containsKey("y").hasSize(5);
            found.forEach((name, value) -> {
                assertThat(value.floats())
                        .as(name)
                        .containsExactly(expected.get(name).floats(), offset(name.equals("y") ? 1e-5f : 5e-3f));
                value.close();
            });
        }
    }

    private static NativeTensor tensor(Tensor tensor) {
        return NativeTensor.ofFloats(tensor.floats(), tensor.dims());
    }

    private static Map<String, Tensor> vectors() throws IOException {
        Map<String, Tensor> vectors = new HashMap<>();
        try (InputStream in = FakeQuantizationTest.class.getResourceAsStream("/lsq/lsq.txt")) {
            new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().forEach(line -> {
                String[] words = line.split(" ");
                float[] values = new float[words.length - 2];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.parseFloat(words[i + 2]);
                }
                long[] dims = Stream.of(words[1].split(","))
                        .mapToLong(Long::parseLong)
                        .toArray();
                vectors.put(words[0], Tensor.ofFloats(values, dims));
            });
        }
        return vectors;
    }
}
