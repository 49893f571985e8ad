package dev.hone.train.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.ShapeInference;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.objective.CrossEntropy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against the same network in PyTorch with the same masks: groups.py. */
class StochasticDepthTest {
    private static final int BATCH = 6;

    private static Model network() {
        Graph graph = new Graph("residual");
        Ops o = new Ops(graph);
        Value y = conv(
                o,
                graph.addInput("image", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2), Dim.of(6), Dim.of(6))),
                "stem",
                2);
        for (int block = 0; block < 3; block++) {
            Value branch = conv(o, o.op("Relu", conv(o, y, "block" + block + ".a", 3)), "block" + block + ".b", 3);
            // The branch on either side: which one it is does not go by the order.
            y = o.op("Relu", block == 1 ? o.add(y, branch) : o.add(branch, y));
        }
        y = o.op(
                "Gemm",
                Map.of("transB", 1),
                o.op("Flatten", o.op("GlobalAveragePool", y)),
                graph.addConstant("fc.weight", Tensor.ofFloats(Reference.floats("groups.depth.fc.weight"), 3, 3)));
        y.setName("logits");
        graph.addOutput(y);
        ShapeInference.run(graph);
        return new Model(graph);
    }

    private static Value conv(Ops o, Value x, String name, int in) {
        Tensor weight = Tensor.ofFloats(Reference.floats("groups.depth." + name + ".weight"), 3, in, 3, 3);
        return o.op(
                "Conv", Map.of("pads", new long[] {1, 1, 1, 1}), x, o.graph().addConstant(name + ".weight", weight));
    }

    private static StepOptions options(double rate) {
        return StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.Sgd(0, false, 0))
                .withStochasticDepth(rate);
    }

    @Test
    void lossAndGradientArePyTorchs() {
        StepGraph step = StepGraph.cut(network(), options(0.6));
        assertThat(step.layout().random().values())
                .allSatisfy(dims -> assertThat(dims).containsExactly(BATCH, 1, 1, 1));
        float[] uniform = Reference.floats("groups.depth.uniform");
        Map<String, NativeTensor> feeds = new HashMap<>();
        int place = 0;
        for (String name : step.layout().random().keySet()) {
            float[] part = Arrays.copyOfRange(uniform, place * BATCH, ++place * BATCH);
            feeds.put(name, NativeTensor.ofFloats(part, BATCH, 1, 1, 1));
        }
        assertThat(place).isEqualTo(2);
        try (Session session = Session.open(OnnxWriter.toBytes(step.model()), SessionOptions.defaults());
                TrainingState state = new TrainingState(network(), step.layout())) {
            feeds.put(StepGraph.WEIGHTS, state.current().get(StepGraph.WEIGHTS));
            feeds.put(
                    "image",
                    NativeTensor.ofFloats(
                            Arrays.copyOf(Reference.floats("groups.images"), BATCH * 2 * 36), BATCH, 2, 6, 6));
            int[] labels = Reference.ints("groups.targets");
            float[] targets = new float[BATCH * 3];
            for (int i = 0; i < BATCH; i++) {
                targets[3 * i + labels[i]] = 1;
            }
            feeds.put(Batch.TARGETS, NativeTensor.ofFloats(targets, BATCH, 3));
            Map<String, NativeTensor> found = session.run(feeds);
            assertThat(found.get(StepGraph.LOSS).scalar())
                    .isCloseTo((float) Reference.number("groups.depth.loss"), Offset.offset(1e-5f));
            float[] gradient = found.get(StepGraph.GRADIENT).floats();
            for (FlatLayout.Entry entry : step.layout().weights().entries()) {
                int from = (int) entry.offset();
                assertThat(Arrays.copyOfRange(gradient, from, from + (int) entry.count()))
                        .as(entry.name())
                        .usingComparatorWithPrecision(1e-5f)
                        .containsExactly(Reference.floats("groups.depth.gradient." + entry.name()));
            }
            found.values().forEach(NativeTensor::close);
        }
        feeds.values().forEach(NativeTensor::close);
    }

    @Test
    void residualBranchesAreFoundInNetworks() {
        // Blocks of the published architectures: those with a residual addition.
        assertThat(branches("resnet18")).isEqualTo(8);
        assertThat(branches("resnet50")).isEqualTo(16);
        assertThat(branches("resnet-edge")).isEqualTo(3);
        assertThat(branches("mobilenetv2")).isEqualTo(10);
        assertThat(branches("efficientnet-b0")).isEqualTo(9);
        // Twelve blocks of attention and a perceptron.
        assertThat(branches("vit-tiny")).isEqualTo(24);
    }

    private static int branches(String architecture) {
        Graph graph = Networks.build(NetworkSpec.of(architecture, 2)).graph();
        ShapeInference.run(graph);
        return StochasticDepth.count(graph);
    }

    @Test
    void withoutItNothingIsRandom() {
        assertThat(StepGraph.fused(network(), options(0)).layout().random()).isEmpty();
        assertThatThrownBy(() -> options(1)).hasMessageContaining("less than 1");
    }
}
