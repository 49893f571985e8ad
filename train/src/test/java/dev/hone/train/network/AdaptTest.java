package dev.hone.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdaptTest {
    /** As other tools export: normalized input, no batch norms left, MatMul and Add at the end, a softmax behind. */
    private static Model foreign(Dim batch) {
        Graph graph = new Graph("foreign");
        Ops o = new Ops(graph);
        Layers l = new Layers(graph, 1);
        Value x = graph.addInput("data", ElementType.FLOAT, Shape.of(batch, Dim.of(3), Dim.of(32), Dim.of(32)));
        Value y = l.averageVector(l.relu(l.conv(x, "body", 8, 3, 2, 1, true)));
        y = o.add(o.matmul(y, l.normal("w", 1, 8, 10)), l.normal("b", 1, 10));
        graph.addOutput(o.op("Softmax", Map.of("axis", 1), y));
        return new Model(graph);
    }

    private static float[] run(Model model, String output, float pixel, int size) {
        float[] pixels = new float[2 * 3 * size * size];
        Arrays.fill(pixels, pixel);
        pixels[7] = pixel / 2;
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor x = NativeTensor.ofFloats(pixels, 2, 3, size, size)) {
            String name = session.inputs().get(0).name();
            return session.run(Map.of(name, x), List.of(output), Map.of())
                    .get(output)
                    .floats();
        }
    }

    @Test
    void putsANewHeadOnAForeignModel() {
        Normalization normalization = Normalization.uniform(3, 10, 4);
        Model model = Adapt.replaceHead(foreign(Dim.symbol("N")), 3, normalization, 32, 32, 1);
        assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("image");
        assertThat(model.graph().outputs()).extracting(Value::name).containsExactly("logits", "probabilities");
        assertThat(run(model, "probabilities", 20, 32)).hasSize(6);
        assertThat(model.graph().find("head.weight").constant().dims()).containsExactly(3, 8);
        assertThat(model.graph().find("w")).isNull();
        assertThat(model.graph().find("body.weight")).isNotNull();
    }

    @Test
    void keepsAHeadThatFits() {
        Model source = foreign(Dim.symbol("batch"));
        String output = source.graph().outputs().get(0).name();
        float[] before = run(source, output, 2.5f, 32);
        Model kept = Adapt.keepHead(source, Normalization.uniform(3, 10, 4), 32, 32);
        // 20 is 2.5 once it is normalized, and the odd pixel is 0 where half of 2.5 was.
        float[] after = run(kept, "probabilities", 20, 32);
        assertThat(Arrays.copyOf(after, 10))
                .usingComparatorWithPrecision(0.02f)
                .containsExactly(Arrays.copyOf(before, 10));
        assertThat(Arrays.copyOfRange(after, 10, 20))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(Arrays.copyOfRange(before, 10, 20));
    }

    @Test
    void aNetworkThatCanWorksAtAnotherSize() {
        Model model = Adapt.replaceHead(foreign(Dim.symbol("N")), 3, null, 48, 48, 1);
        assertThat(run(model, "logits", 1, 48)).hasSize(6);
    }

    @Test
    void namePatterns() {
        assertThat(Adapt.frozen(List.of("layer1.*", "conv1.weight")).test("layer1.0.bn1.bias"))
                .isTrue();
        assertThat(Adapt.frozen(List.of("layer1.*", "conv1.weight")).test("conv1_weight"))
                .isFalse();
        assertThat(Adapt.frozen(List.of()).test("anything")).isFalse();
    }

    @Test
    void refusesWhatIsNoClassifierOfImages() {
        Graph graph = new Graph("vectors");
        Ops o = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(5)));
        graph.addOutput(o.op("Relu", x));
        assertThatThrownBy(() -> Adapt.replaceHead(new Model(graph), 3, null, 32, 32, 1))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("expected one image input");
        Graph plain = new Graph("no layer");
        Value image =
                plain.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(8), Dim.of(8)));
        plain.addOutput(new Ops(plain).op("GlobalAveragePool", image));
        assertThatThrownBy(() -> Adapt.replaceHead(new Model(plain), 3, null, 8, 8, 1))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("GlobalAveragePool");
    }
}
