package dev.hone.graph.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import org.junit.jupiter.api.Test;

class FixedBatchTest {
    private static Model model(long... target) {
        Graph graph = new Graph("g");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(3, 4, 2).with(0, Dim.symbol("N")));
        Value flat = target.length == 0 ? ops.op("Flatten", x) : ops.reshape(x, target);
        Value y = ops.op("Gemm", flat, ops.constant(Tensor.filled(ElementType.FLOAT, 1, 8, 3)));
        y.setName("y");
        graph.addOutput(y);
        // As exporters declare it.
        y.setShape(Shape.of(Dim.symbol("N"), Dim.of(3)));
        return new Model(graph);
    }

    private static int session(Model model) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults())) {
            return session.batch();
        }
    }

    @Test
    void aReshapeToOneRowFixesTheBatch() {
        for (long[] target : new long[][] {{1, 8}, {1, -1}}) {
            Model model = model(target);
            assertThat(session(model)).isEqualTo(1);
            assertThat(FixedBatch.of(model)).isZero();
            FixedBatch.bind(model);
            assertThat(FixedBatch.of(model)).isEqualTo(1);
            assertThat(model.graph().inputs().get(0).shape()).isEqualTo(Shape.of(1, 4, 2));
        }
    }

    @Test
    void anOpenBatchStaysOpen() {
        Model model = model();
        FixedBatch.bind(model);
        assertThat(FixedBatch.of(model)).isZero();
        assertThat(session(model)).isZero();
    }

    /** The first axis may be a sequence that the network pools over. */
    @Test
    void aPooledAxisStaysOpen() {
        Graph graph = new Graph("g");
        Ops ops = new Ops(graph);
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("L"), Dim.of(4)));
        graph.addOutput(ops.reduceMean(ops.op("Relu", x), true, 0));
        Model model = new Model(graph);
        FixedBatch.bind(model);
        assertThat(FixedBatch.of(model)).isZero();
        assertThat(graph.outputs().get(0).shape()).isEqualTo(Shape.of(1, 4));
    }

    @Test
    void inputsAgree() {
        Model model = model();
        model.graph().addInput("a", ElementType.FLOAT, Shape.of(2, 5));
        assertThat(FixedBatch.of(model)).isEqualTo(2);
        model.graph().addInput("b", ElementType.FLOAT, Shape.of(3, 5));
        assertThatThrownBy(() -> FixedBatch.of(model))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("take 2 and 3 rows at once");
    }

    /** From IR version 4 on callers may override them; nobody here does. */
    @Test
    void initializersThatAreInputsAreConstants() {
        Model model = model();
        Value weights = model.graph().constants().iterator().next();
        model.graph().addInput(weights);
        byte[] bytes = OnnxWriter.toBytes(model);
        assertThat(OnnxReader.readUnchanged(bytes).graph().inputs()).hasSize(2);
        Graph read = OnnxReader.read(bytes).graph();
        assertThat(read.inputs()).extracting(Value::name).containsExactly("x");
        assertThat(read.find(weights.name()).isConstant()).isTrue();
    }
}
