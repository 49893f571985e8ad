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
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every operator that {@link JavaEvaluator} knows, at the edges of every element type that it has, against ONNX Runtime: each
 * element with each other. What the runtime has no kernel for is not compared, but counted.
 */
class EvaluatorEdgesTest {
    private static final List<String> UNARY = List.of(
            "Neg",
            "Abs",
            "Sqrt",
            "Exp",
            "Log",
            "Reciprocal",
            "Floor",
            "Ceil",
            "Round",
            "Sign",
            "Sin",
            "Cos",
            "Tanh",
            "Sigmoid",
            "Relu",
            "BitwiseNot",
            "Not",
            "Identity",
            "Shape",
            "Size");

    private static final List<String> BINARY = List.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Pow",
            "Min",
            "Max",
            "Mod",
            "Equal",
            "Less",
            "LessOrEqual",
            "Greater",
            "GreaterOrEqual",
            "And",
            "Or",
            "Xor",
            "BitwiseAnd",
            "BitwiseOr",
            "BitwiseXor");

    private static final List<ElementType> TYPES = List.of(
            ElementType.FLOAT,
            ElementType.DOUBLE,
            ElementType.FLOAT16,
            ElementType.BFLOAT16,
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.INT16,
            ElementType.UINT16,
            ElementType.INT32,
            ElementType.UINT32,
            ElementType.INT64,
            ElementType.UINT64,
            ElementType.BOOL);

    private static Tensor edges(ElementType type) {
        if (type == ElementType.BOOL) {
            return Tensor.ofBools(new boolean[] {true, false, true}, 3);
        }
        if (type.isFloat()) {
            double[] values = {
                0,
                -0.0,
                1,
                -1,
                0.5,
                -0.5,
                1.5,
                2.5,
                -2.5,
                3,
                7.25,
                -7.25,
                1e-3,
                65504,
                -65504,
                1e-8,
                2049,
                4097,
                1e5,
                16777217,
                1e30,
                -1e30,
                3.4e38,
                1e39,
                1e-42,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                Double.NaN
            };
            return Tensor.ofDoubles(values, values.length).to(type);
        }
        long top = type.isSigned() || type == ElementType.UINT64
                ? 1L << Math.min(62, type.bits() - 2)
                : 1L << type.bits() - 1;
        long[] values = {
            0,
            1,
            2,
            3,
            7,
            100,
            200,
            255,
            -1,
            -2,
            -3,
            -7,
            -128,
            top - 1,
            top,
            2 * top - 1,
            -2 * top,
            -2 * top + 1,
            46341,
            65536,
            70000,
            1L << 31,
            (1L << 31) - 1,
            (1L << 53) + 1,
            -(1L << 53) - 1,
            (1L << 62) + 3
        };
        return Tensor.ofIntegers(type, values, values.length);
    }

    private static Tensor column(Tensor row) {
        return row.reshape(row.count(), 1);
    }

    /** The runtime's result, or null if it has no kernel. */
    private static Tensor run(String op, Map<String, ?> attributes, ElementType type, int rank, List<Tensor> inputs) {
        Graph graph = new Graph("one");
        Value[] values = inputs.stream().map(graph::addConstant).toArray(Value[]::new);
        Node node = new Ops(graph).node("", op, attributes, 1, values);
        node.output().setType(type).setShape(new Shape(Collections.nCopies(rank, Dim.unknown())));
        graph.addOutput(node.output());
        SessionOptions options =
                SessionOptions.defaults().withThreads(1).withOptimization(SessionOptions.Optimization.NONE);
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), options);
                NativeTensor result = session.run(Map.of()).values().iterator().next()) {
            byte[] bytes = new byte[result.buffer().remaining()];
            result.buffer().get(bytes);
            return Tensor.of(ElementType.ofOnnx(result.type()), result.dims(), bytes);
        } catch (OnnxRuntimeException e) {
            return null;
        }
    }

    private int compared;

    private void compare(String op, Map<String, ?> attributes, Tensor... inputs) {
        Graph graph = new Graph("one");
        Node node = new Ops(graph)
                .node(
                        "",
                        op,
                        attributes,
                        1,
                        Arrays.stream(inputs).map(graph::addConstant).toArray(Value[]::new));
        List<Tensor> mine = new JavaEvaluator().evaluate(node, Arrays.asList(inputs));
        if (mine == null) {
            return;
        }
        Tensor found = mine.get(0);
        Tensor expected = run(op, attributes, found.type(), found.rank(), Arrays.asList(inputs));
        if (expected == null) {
            return;
        }
        compared++;
        String what = op + attributes + Arrays.toString(inputs);
        assertThat(found.type()).as(what).isEqualTo(expected.type());
        assertThat(found.dims()).as(what).containsExactly(expected.dims());
        if (!found.type().isFloat()) {
            assertThat(found.longs()).as(what).containsExactly(expected.longs());
            return;
        }
        double[] a = found.doubles();
        double[] e = expected.doubles();
        double step =
                switch (found.type()) {
                    case FLOAT -> 0x1p-21;
                    case DOUBLE -> 0x1p-49;
                    case FLOAT16 -> 0x1p-10;
                    default -> 0x1p-7;
                };
        double largest = 0;
        for (double value : e) {
            largest = Math.max(largest, op.equals("MatMul") || op.equals("Gemm") ? Math.abs(value) : 0);
        }
        for (int i = 0; i < a.length; i++) {
            boolean same = Double.compare(a[i], e[i]) == 0 || a[i] == e[i];
            // The runtime approximates these functions.
            boolean function = List.of("Exp", "Log", "Sin", "Cos", "Tanh", "Sigmoid", "Pow")
                    .contains(op);
            boolean near = function && Math.abs(a[i] - e[i]) <= 1e-6 * (1 + Math.abs(e[i]));
            boolean close =
                    near || Math.abs(a[i] - e[i]) <= step * Math.max(largest, Math.abs(e[i])) + Float.MIN_NORMAL;
            assertThat(same || close)
                    .as(what + " element " + i + ": found " + a[i] + ", expected " + e[i])
                    .isTrue();
        }
    }

    @ParameterizedTest
    @FieldSource("TYPES")
    void atTheEdgesOf(ElementType type) {
        Tensor x = edges(type);
        for (String op : UNARY) {
            compare(op, Map.of(), x);
        }
        for (String op : BINARY) {
            // By pairs, since one division by zero leaves all of them to the runtime.
            for (int i = 0; i < x.count(); i++) {
                Tensor one = new JavaEvaluator()
                        .evaluate(gather(x, i), List.of(x, Tensor.vector(i)))
                        .get(0);
                for (Map<String, ?> attributes : op.equals("Mod")
                        ? List.of(Map.of("fmod", 0), Map.of("fmod", 1))
                        : List.of(Map.<String, Object>of())) {
                    compare(op, attributes, one, x);
                    compare(op, attributes, x, one);
                }
            }
            compare(op, Map.of(), column(x), x);
        }
        for (String direction : List.of("LEFT", "RIGHT")) {
            compare(
                    "BitShift",
                    Map.of("direction", direction),
                    column(x),
                    Tensor.ofIntegers(type.isInteger() ? type : ElementType.UINT8, new long[] {0, 1, 3, 7}, 4));
        }
        compare("Where", Map.of(), Tensor.ofBools(new boolean[] {true, false}, 2, 1), x, x);
        compare("Clip", Map.of(), x, scalar(x, 2), scalar(x, 6 % (int) x.count()));
        compare("Clip", Map.of(), x, scalar(x, 6 % (int) x.count()), scalar(x, 2));
        assertThat(compared).isGreaterThan(type == ElementType.BFLOAT16 ? 1 : 10);
    }

    private static Node gather(Tensor x, int index) {
        Graph graph = new Graph("g");
        return new Ops(graph)
                .node("", "Gather", Map.of(), 1, graph.addConstant(x), graph.addConstant(Tensor.vector(index)));
    }

    private static Tensor scalar(Tensor x, int index) {
        return new JavaEvaluator()
                .evaluate(gather(x, index), List.of(x, Tensor.vector(index)))
                .get(0)
                .reshape();
    }

    @ParameterizedTest
    @FieldSource("TYPES")
    void castTo(ElementType to) {
        for (ElementType from : TYPES) {
            Tensor x = edges(from);
            for (int i = 0; i < x.count(); i++) {
                Tensor one = new JavaEvaluator()
                        .evaluate(gather(x, i), List.of(x, Tensor.vector(i)))
                        .get(0);
                compare("Cast", Map.of("to", to.onnx()), one);
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    /** What reads the result may do so before it is rounded, in a wider type that the runtime computes in. */
    @Test
    void castsToInfinityAreNotFolded() {
        assertThat(cast(Tensor.ofInts(new int[] {70000}, 1), ElementType.FLOAT16))
                .isNull();
        assertThat(cast(Tensor.ofDoubles(new double[] {1e39}, 1), ElementType.FLOAT))
                .isNull();
        assertThat(cast(Tensor.ofFloats(new float[] {Float.POSITIVE_INFINITY}, 1), ElementType.FLOAT16))
                .isNotNull();
        assertThat(cast(Tensor.ofInts(new int[] {65504}, 1), ElementType.FLOAT16))
                .isNotNull();
    }

    private static List<Tensor> cast(Tensor x, ElementType to) {
        Graph graph = new Graph("g");
        Node node = new Ops(graph).node("", "Cast", Map.of("to", to.onnx()), 1, graph.addConstant(x));
        return new JavaEvaluator().evaluate(node, List.of(x));
    }

    @Test
    void rangesWrapAroundNowhere() {
        for (ElementType type : List.of(ElementType.INT32, ElementType.INT64)) {
            long top = type == ElementType.INT32 ? Integer.MAX_VALUE : 1L << 50;
            for (long[] r :
                    new long[][] {{0, 10, 3}, {10, 0, -3}, {5, 5, 1}, {5, 4, 1}, {top - 5, top, 2}, {-top, -top + 9, 4}
                    }) {
                List<Tensor> inputs = new ArrayList<>();
                for (long value : r) {
                    inputs.add(Tensor.ofIntegers(type, new long[] {value}));
                }
                compare("Range", Map.of(), inputs.toArray(Tensor[]::new));
            }
        }
        assertThat(compared).isEqualTo(12);
    }

    @Test
    void products() {
        double[] small = new double[24];
        for (int i = 0; i < small.length; i++) {
            small[i] = Math.sin(i + 1);
        }
        for (ElementType type : List.of(ElementType.FLOAT, ElementType.DOUBLE)) {
            Tensor m = Tensor.ofDoubles(small, 2, 3, 4).to(type);
            Tensor n = Tensor.ofDoubles(small, 3, 2, 4).to(type);
            compare("MatMul", Map.of(), m, n.reshape(4, 6));
            compare("MatMul", Map.of(), m, n.reshape(2, 4, 3));
            compare("MatMul", Map.of(), m.reshape(2, 1, 3, 4), n.reshape(3, 4, 2));
            compare("MatMul", Map.of(), m.reshape(24), n.reshape(24));
            compare(
                    "MatMul",
                    Map.of(),
                    m.reshape(6, 4),
                    Tensor.ofDoubles(new double[] {1, 2, 3, 4}, 4).to(type));
            compare("MatMul", Map.of(), Tensor.ofDoubles(new double[] {1, 2}, 2).to(type), n.reshape(3, 2, 4));
            Tensor c = Tensor.ofDoubles(new double[] {1, 2, 3}, 3).to(type);
            compare("Gemm", Map.of("alpha", 0.5f, "beta", 2f), m.reshape(3, 8), m.reshape(8, 3), c);
            compare("Gemm", Map.of("transA", 1), m.reshape(8, 3), m.reshape(8, 3), c.reshape(3, 1));
            compare("Gemm", Map.of("transB", 1), m.reshape(3, 8), m.reshape(3, 8));
        }
        assertThat(compared).isEqualTo(18);
    }
}
