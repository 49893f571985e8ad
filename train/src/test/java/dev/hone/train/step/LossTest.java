package dev.hone.train.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.autodiff.Backward;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LossTest {
    private static float[] hard() {
        int[] labels = Reference.ints("loss.labels");
        float[] targets = new float[labels.length * 4];
        for (int i = 0; i < labels.length; i++) {
            targets[4 * i + labels[i]] = 1;
        }
        return targets;
    }

    private static void matches(Loss loss, float[] targets, String name) {
        Graph graph = new Graph("loss");
        Ops o = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(5, 4));
        Value t = graph.addInput("t", ElementType.FLOAT, Shape.of(5, 4));
        Value value = loss.apply(o, x, t);
        graph.addOutput(value);
        graph.addOutput(
                o.op("Identity", Backward.gradients(graph, value, List.of(x)).get(x)));
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), SessionOptions.defaults());
                NativeTensor logits = NativeTensor.ofFloats(Reference.floats("loss.logits"), 5, 4);
                NativeTensor target = NativeTensor.ofFloats(targets, 5, 4)) {
            List<NativeTensor> outputs =
                    List.copyOf(session.run(Map.of("x", logits, "t", target)).values());
            assertThat(outputs.get(0).scalar())
                    .isCloseTo((float) Reference.number("loss." + name), Offset.offset(1e-5f));
            assertThat(outputs.get(1).floats())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(Reference.floats("loss." + name + ".gradient"));
            outputs.forEach(NativeTensor::close);
        }
    }

    @Test
    void crossEntropyIsPyTorchs() {
        matches(Loss.crossEntropy(), hard(), "plain");
        matches(Loss.crossEntropy().withSmoothing(0.1), hard(), "smooth");
    }

    @Test
    void classWeightsAreAveragedAsPyTorchDoes() {
        float[] weights = Reference.floats("loss.weights");
        matches(Loss.crossEntropy().withSmoothing(0.1).withClassWeights(weights), hard(), "weighted");
    }

    @Test
    void mixedTargets() {
        matches(Loss.crossEntropy().withSmoothing(0.1), Reference.floats("loss.soft"), "mixed");
    }

    @Test
    void focalLoss() {
        matches(Loss.crossEntropy().withFocus(2), hard(), "focal");
    }

    @Test
    void refusesAWrongNumberOfWeights() {
        assertThatThrownBy(() -> matches(Loss.crossEntropy().withClassWeights(1, 2), hard(), "plain"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("2 class weights for 4 classes");
    }
}
