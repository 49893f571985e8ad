package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator of {@link JavaEvaluator} against ONNX Runtime. */
class JavaEvaluatorTest {
    private static final Tensor A = Tensor.ofFloats(new float[] {-1.5f, 0.25f, 2, -0.75f, 0.5f, 1}, 2, 3);
    private static final Tensor B = Tensor.ofFloats(new float[] {0.5f, 2, -1}, 3);
    private static final Tensor POSITIVE = Tensor.ofFloats(new float[] {0.3f, 1, 2.5f, 7}, 4);
    private static final Tensor I = Tensor.ofLongs(new long[] {7, 2, -3, 4, 9, 6}, 2, 3);
    private static final Tensor J = Tensor.vector(3, 2, 5);
    private static final Tensor T =
            Tensor.ofLongs(new long[] {0, 1, 0, 1, 1, 0}, 2, 3).to(ElementType.BOOL);

    private record Case(String op, Map<String, ?> attributes, List<Tensor> inputs) {
        @Override
        public String toString() {
            return op + attributes.keySet() + inputs;
        }
    }

    private static Case of(String op, Tensor... inputs) {
        return new Case(op, Map.of(), List.of(inputs));
    }

    private static Case of(String op, Map<String, ?> attributes, Tensor... inputs) {
        return new Case(op, attributes, List.of(inputs));
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String op : List.of(
                "Neg", "Abs", "Exp", "Floor", "Ceil", "Round", "Sign", "Sin", "Cos", "Tanh", "Sigmoid", "Relu")) {
            cases.add(of(op, A));
        }
        for (String op : List.of("Sqrt", "Log", "Reciprocal")) {
            cases.add(of(op, POSITIVE));
        }
        for (String op : List.of("Add", "Sub", "Mul", "Div", "Min", "Max", "Less", "LessOrEqual", "Greater", "Equal")) {
            cases.add(of(op, A, B));
            cases.add(of(op, I, J));
        }
        cases.add(of("GreaterOrEqual", I, J));
        cases.add(of("Mod", I, J));
        cases.add(of("Pow", POSITIVE, Tensor.scalar(1.5f)));
        cases.add(of("And", T, Tensor.ofBools(new boolean[] {true, false, true}, 3)));
        cases.add(of("Or", T, Tensor.ofBools(new boolean[] {true, false, true}, 3)));
        cases.add(of("Not", T));
        cases.add(of("Where", T, A, B));
        cases.add(of("Identity", A));
        for (ElementType to : List.of(ElementType.INT64, ElementType.INT32, ElementType.DOUBLE, ElementType.BOOL)) {
            cases.add(of("Cast", Map.of("to", to.onnx()), A));
        }
        cases.add(of("Cast", Map.of("to", 1), I));
        cases.add(of("Shape", A));
        cases.add(of("Shape", Map.of("start", -1), A));
        cases.add(of("Size", A));
        cases.add(of("Range", Tensor.scalar(2L), Tensor.scalar(9L), Tensor.scalar(3L)));
        cases.add(of("Range", Tensor.scalar(5L), Tensor.scalar(-2L), Tensor.scalar(-2L)));
        cases.add(of("Reshape", A, Tensor.vector(0, 1, -1)));
        cases.add(of("Flatten", Map.of("axis", -1), A));
        cases.add(of("Squeeze", A.reshape(1, 2, 1, 3)));
        cases.add(of("Squeeze", A.reshape(1, 2, 1, 3), Tensor.vector(-2)));
        cases.add(of("Unsqueeze", A, Tensor.vector(-1, 1)));
        cases.add(of("Transpose", A.reshape(2, 1, 3)));
        cases.add(of("Transpose", Map.of("perm", new long[] {2, 0, 1}), I.reshape(2, 1, 3)));
        cases.add(of("Slice", A, Tensor.vector(-2), Tensor.vector(Long.MAX_VALUE), Tensor.vector(1)));
        cases.add(of("Slice", A, Tensor.vector(0, 0), Tensor.vector(2, 3), Tensor.vector(0, 1), Tensor.vector(1, 2)));
        cases.add(of("Gather", Map.of("axis", 1), A, Tensor.ofLongs(new long[] {2, -3, 0, 1}, 2, 2)));
        cases.add(of("Gather", J, Tensor.scalar(1L)));
        cases.add(of("Expand", B, Tensor.vector(2, 1, 1, 3)));
        cases.add(of("Tile", A, Tensor.vector(2, 3)));
        cases.add(of("ConstantOfShape", Map.of("value", Tensor.vector(7)), Tensor.vector(2, 2)));
        cases.add(of("ConstantOfShape", Tensor.vector(3)));
        cases.add(of("Concat", Map.of("axis", -1), A, Tensor.ofFloats(new float[] {8, 9}, 2, 1), A));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheRuntime(Case c) {
        Graph graph = new Graph("one");
        Value[] inputs = c.inputs.stream().map(graph::addConstant).toArray(Value[]::new);
        Node node = new Ops(graph).node("", c.op, c.attributes, 1, inputs);
        List<Tensor> mine = new JavaEvaluator().evaluate(node, c.inputs);
        assertThat(mine).as("known").isNotNull().hasSize(1);
        Tensor result = mine.get(0);

        node.output().setType(result.type()).setShape(new Shape(Collections.nCopies(result.rank(), Dim.unknown())));
        graph.addOutput(node.output());
        SessionOptions options = SessionOptions.defaults().withThreads(1);
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), options);
                NativeTensor theirs = session.run(Map.of()).values().iterator().next()) {
            assertThat(result.type().onnx()).isEqualTo(theirs.type());
            assertThat(result.dims()).containsExactly(theirs.dims());
            double[] expected =
                    Tensor.of(result.type(), theirs.dims(), theirs.buffer()).doubles();
            double[] actual = result.doubles();
            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i])
                        .isCloseTo(
                                expected[i], org.assertj.core.data.Offset.offset(1e-6 * (1 + Math.abs(expected[i]))));
            }
        }
    }
}
