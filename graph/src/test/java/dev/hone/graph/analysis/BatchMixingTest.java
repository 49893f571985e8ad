package dev.hone.graph.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is said of a model is what the runtime shows: rows run together against each row alone. */
class BatchMixingTest {
    /** Different enough that any mixing shows. */
    private static final float[] ROWS = {-2, 0.5f, 0.25f, 6, 5, 4, 0.1f, -0.3f, 2, -7, -8, -9};

    private static final Map<String, BiFunction<Ops, Value, Value>> MIX = new LinkedHashMap<>();
    private static final Map<String, BiFunction<Ops, Value, Value>> DO_NOT = new LinkedHashMap<>();

    static {
        MIX.put("an If decided by a sum over all", (o, x) -> choice(o, x, isPositive(o, sum(o, x))));
        MIX.put("an If decided by the largest", (o, x) -> choice(o, x, isPositive(o, max(o, x))));
        MIX.put("an If decided by one row", (o, x) -> choice(o, x, isPositive(o, sum(o, o.slice(x, 0, 0, 1, 1)))));
        MIX.put(
                "an If decided by how much was found",
                (o, x) -> choice(o, x, o.op("Greater", found(o, x), longs(o, 5))));
        MIX.put(
                "an If in a Loop",
                (o, x) -> loop(o, x, 3, s -> {
                    Ops b = new Ops(s.graph());
                    return choice(b, s, isPositive(b, sum(b, s)));
                }));
        MIX.put(
                "an If in a Scan",
                (o, x) -> scan(o, x, s -> {
                    Ops b = new Ops(s.graph());
                    return choice(b, s, isPositive(b, sum(b, s)));
                }));
        MIX.put("a Loop that ends by its state", (o, x) -> countedLoop(o, x, 4, true));
        MIX.put("a Loop of as many steps as the data say", (o, x) -> {
            Value steps = o.cast(o.op("Abs", max(o, x)), ElementType.INT64);
            return loop(o, x, steps, s -> new Ops(s.graph()).mul(s, 2));
        });
        MIX.put("division by the largest", (o, x) -> o.div(x, max(o, x)));
        MIX.put("a mean over the batch", (o, x) -> o.sub(x, o.reduceMean(x, true, 0)));
        MIX.put("the first row for all", (o, x) -> o.add(x, o.op("Gather", Map.of("axis", 0), x, longs(o, 0))));
        MIX.put("Softmax over the batch", (o, x) -> o.op("Softmax", Map.of("axis", 0), x));
        MIX.put("a running sum over the batch", (o, x) -> o.op("CumSum", x, longs(o, 0)));
        MIX.put("normalization over the batch", (o, x) -> {
            Value image = o.unsqueeze(x, 2, 3);
            return o.squeeze(o.op("MeanVarianceNormalization", image), 2, 3);
        });
        MIX.put("products of rows with rows", (o, x) -> o.matmul(o.matmul(x, o.transpose(x, 1, 0)), x));
        MIX.put("a range for quantization", (o, x) -> {
            Node q = o.node("", "DynamicQuantizeLinear", Map.of(), 3, x);
            return o.op("DequantizeLinear", q.output(0), q.output(1), q.output(2));
        });
        MIX.put("as many columns as were found", (o, x) -> {
            Value end = o.op("Min", o.op("Max", o.reshape(found(o, x), 1), o.vector(1)), o.vector(3));
            Value part = o.op("Slice", x, o.vector(0), end, o.vector(1));
            return o.add(x, o.reduceSum(part, true, 1));
        });
        MIX.put("a sum of what was found", (o, x) -> o.add(x, sum(o, compressed(o, x))));

        DO_NOT.put("row by row", (o, x) -> o.div(x, o.add(o.reduceSum(o.op("Abs", x), true, 1), 1)));
        DO_NOT.put(
                "an If decided by a size",
                (o, x) -> choice(o, x, o.op("Greater", o.op("Size", o.slice(x, 0, 0, 1, 1)), longs(o, 2))));
        DO_NOT.put("a Loop of a fixed number of steps", (o, x) -> countedLoop(o, x, 3, false));
        DO_NOT.put("a Scan over columns", (o, x) -> scan(o, x, s -> new Ops(s.graph()).mul(s, 2)));
        DO_NOT.put("Softmax over columns", (o, x) -> o.op("Softmax", Map.of("axis", 1), x));
        DO_NOT.put("what is found is written back", (o, x) -> {
            Value at = o.transpose(o.op("NonZero", o.op("Greater", x, o.constant(1f))), 1, 0);
            Value filler = o.op("Expand", o.constant(9f), o.slice(o.shapeOf(at), 0, 0, 1, 1));
            return o.op("ScatterND", x, at, filler);
        });
        DO_NOT.put("sizes of what mixes", (o, x) -> {
            Value first = o.op("Gather", Map.of("axis", 0), x, longs(o, 0));
            return o.mul(x, o.cast(o.op("Size", first), ElementType.FLOAT));
        });
        DO_NOT.put("rows folded into columns and back", (o, x) -> {
            Value column = o.reshape(x, -1, 1);
            return o.reshape(o.op("Softmax", Map.of("axis", 1), o.mul(column, 2)), -1, 3);
        });
    }

    private static Value longs(Ops o, long value) {
        return o.constant(Tensor.scalar(value));
    }

    private static Value sum(Ops o, Value x) {
        return o.op("ReduceSum", Map.of("keepdims", 0), x);
    }

    private static Value max(Ops o, Value x) {
        return o.op("ReduceMax", Map.of("keepdims", 0), x);
    }

    private static Value isPositive(Ops o, Value x) {
        return o.op("Greater", x, o.constant(0f));
    }

    private static Value compressed(Ops o, Value x) {
        Value flat = o.reshape(x, -1);
        return o.op("Compress", Map.of("axis", 0), flat, isPositive(o, flat));
    }

    private static Value found(Ops o, Value x) {
        return o.op("Size", compressed(o, x));
    }

    private static Value choice(Ops o, Value x, Value condition) {
        Node node = o.graph().addNode("", "If", List.of(condition));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph body = new Graph(name);
            node.set(name, body);
            body.addOutput(new Ops(body).op(name.startsWith("then") ? "Relu" : "Neg", x));
        }
        return node.addOutput(o.graph().freshName("y"));
    }

    private static Value loop(Ops o, Value x, int steps, UnaryOperator<Value> step) {
        return loop(o, x, longs(o, steps), step);
    }

    private static Value loop(Ops o, Value x, Value steps, UnaryOperator<Value> step) {
        Node node = o.graph().addNode("", "Loop", Arrays.asList(steps, null, x));
        Graph body = new Graph("body");
        node.set("body", body);
        body.addInput("i", ElementType.INT64, Shape.SCALAR);
        Value go = body.addInput("go", ElementType.BOOL, Shape.SCALAR);
        Value state = body.addInput("state", ElementType.FLOAT, null);
        body.addOutput(new Ops(body).op("Identity", go));
        body.addOutput(step.apply(state));
        return node.addOutput(o.graph().freshName("y"));
    }

    private static Value countedLoop(Ops o, Value x, int steps, boolean endsByState) {
        Node node = o.graph().addNode("", "Loop", Arrays.asList(longs(o, steps), null, x));
        Graph body = new Graph("body");
        node.set("body", body);
        Ops b = new Ops(body);
        Value i = body.addInput("i", ElementType.INT64, Shape.SCALAR);
        body.addInput("go", ElementType.BOOL, Shape.SCALAR);
        Value state = body.addInput("state", ElementType.FLOAT, null);
        body.addOutput(endsByState ? b.op("Less", sum(b, state), b.constant(5f)) : b.op("Less", i, longs(b, 1)));
        body.addOutput(b.mul(state, 2));
        return node.addOutput(o.graph().freshName("y"));
    }

    /** Over the columns of x, with x as the state. */
    private static Value scan(Ops o, Value x, UnaryOperator<Value> step) {
        Node node = o.graph().addNode("", "Scan", List.of(x, x));
        node.set("num_scan_inputs", 1L).set("scan_input_axes", new long[] {1});
        Graph body = new Graph("body");
        node.set("body", body);
        Value state = body.addInput("state", ElementType.FLOAT, null);
        Value column = body.addInput("column", ElementType.FLOAT, null);
        Ops b = new Ops(body);
        body.addOutput(step.apply(b.add(state, b.unsqueeze(column, 1))));
        return node.addOutput(o.graph().freshName("y"));
    }

    private static Model model(BiFunction<Ops, Value, Value> of, Dim rows) {
        Graph graph = new Graph("test");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(rows, Dim.of(3)));
        Value y = of.apply(new Ops(graph), x);
        y.setType(ElementType.FLOAT);
        graph.addOutput(y);
        return new Model(graph);
    }

    private static float[] run(Session session, float... rows) {
        try (NativeTensor x = NativeTensor.ofFloats(rows, rows.length / 3, 3);
                NativeTensor y = session.run(Map.of("x", x)).values().iterator().next()) {
            return y.floats();
        }
    }

    private static boolean mixesInTheRuntime(Model model) {
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults())) {
            float[] together;
            try {
                together = run(session, ROWS);
            } catch (OnnxRuntimeException e) {
                return true;
            }
            for (int i = 0; i < ROWS.length; i += 3) {
                float[] alone = run(session, Arrays.copyOfRange(ROWS, i, i + 3));
                for (int j = 0; j < 3; j++) {
                    if (!(Math.abs(alone[j] - together[i + j]) <= 1e-3)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    private static DynamicTest test(String name, BiFunction<Ops, Value, Value> of, boolean mixes) {
        return DynamicTest.dynamicTest(name, () -> {
            Model model = model(of, Dim.symbol("N"));
            assertThat(mixesInTheRuntime(model)).isEqualTo(mixes);
            assertThat(BatchMixing.isIn(model)).isEqualTo(mixes);
            assertThat(BatchMixing.isIn(model(of, Dim.unknown()))).isEqualTo(mixes);
            assertThat(BatchMixing.isIn(model(of, Dim.of(4)))).isEqualTo(mixes);
            assertThat(BatchMixing.isIn(model(of, Dim.of(1)))).isFalse();
        });
    }

    @TestFactory
    Stream<DynamicTest> isWhatTheRuntimeShows() {
        return Stream.concat(
                MIX.entrySet().stream().map(e -> test(e.getKey(), e.getValue(), true)),
                DO_NOT.entrySet().stream().map(e -> test(e.getKey(), e.getValue(), false)));
    }

    @TestFactory
    Stream<DynamicTest> throughAFunction() {
        return Stream.of("an If decided by a sum over all", "division by the largest")
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Graph body = new Graph("f");
                    Value a = body.addInput("a", null, null);
                    body.addOutput(MIX.get(name).apply(new Ops(body), a));
                    Model model = model(
                            (o, x) -> o.node("own", "Chosen", Map.of(), 1, x).output(), Dim.symbol("N"));
                    model.opsets().put("own", 1L);
                    model.functions()
                            .add(new Function("own", "Chosen", "", List.of(), Map.of(), body, Map.of("", 21L), ""));
                    assertThat(mixesInTheRuntime(model)).isTrue();
                    assertThat(BatchMixing.isIn(model)).isTrue();
                }));
    }

    @Test
    void anOutputOfAllRowsDoesNotMixTheOthers() {
        Model model = model((o, x) -> o.op("Relu", x), Dim.symbol("N"));
        Ops o = new Ops(model.graph());
        model.graph().addOutput(sum(o, model.graph().find("x")));
        assertThat(BatchMixing.isIn(model)).isFalse();
    }

    @Test
    void anInputThatIsNotOfRowsMayDecide() {
        Model model = model(
                (o, x) -> {
                    Value flag = o.graph().addInput("flag", ElementType.FLOAT, Shape.SCALAR);
                    return choice(o, o.mul(x, flag), isPositive(o, flag));
                },
                Dim.symbol("N"));
        assertThat(BatchMixing.isIn(model)).isFalse();
    }
}
