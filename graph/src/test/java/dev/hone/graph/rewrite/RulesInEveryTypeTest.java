package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Patterns that rules look for, with constants of every rank that broadcasts, in single, half and double precision: after
 * all passes the runtime still runs the model, with outputs of the same shape and values.
 */
class RulesInEveryTypeTest {
    private static final List<long[]> CONSTANTS = List.of(
            new long[] {},
            new long[] {1},
            new long[] {4},
            new long[] {1, 1},
            new long[] {1, 4},
            new long[] {1, 1, 1},
            new long[] {4, 1, 1},
            new long[] {1, 4, 1},
            new long[] {1, 1, 1, 1},
            new long[] {1, 4, 1, 1});

    private static final List<long[]> INPUTS = List.of(
            new long[] {4},
            new long[] {2, 4},
            new long[] {2, 1},
            new long[] {2, 5, 4},
            new long[] {2, 1, 6, 6},
            new long[] {2, 4, 6, 6});

    /** Builds a network for a constant's shape. */
    private interface Pattern {
        Value build(Net net, Value x, long... constant);
    }

    private static final class Net {
        private final ElementType type;
        private final Graph graph = new Graph("net");
        private final Ops ops = new Ops(graph);
        private final Random random = new Random(5);

        Net(ElementType type) {
            this.type = type;
        }

        Value filled(double value, long... dims) {
            return ops.constant(Tensor.filled(type, value, dims));
        }

        Value weights(long... dims) {
            double[] values = new double[(int) Tensor.count(dims)];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.5 + random.nextDouble();
            }
            return ops.constant(Tensor.ofDoubles(values, dims).to(type));
        }

        Value conv(Value x) {
            return ops.op("Conv", x, weights(4, x.shape().size(1), 3, 3));
        }

        Value gemm(Value x) {
            return ops.op("Gemm", x, weights(x.shape().size(1), 4), weights(4));
        }
    }

    private static final Map<String, Pattern> PATTERNS = new LinkedHashMap<>();

    static {
        for (String op : List.of("Add", "Sub", "Mul", "Div")) {
            PATTERNS.put(op + ", Conv", (n, x, c) -> n.conv(n.ops.op(op, x, n.weights(c))));
            PATTERNS.put(op + " from a constant, Conv", (n, x, c) -> n.conv(n.ops.op(op, n.weights(c), x)));
            PATTERNS.put("Conv, " + op, (n, x, c) -> n.ops.op(op, n.conv(x), n.weights(c)));
            PATTERNS.put(
                    "Conv of one channel, " + op,
                    (n, x, c) -> n.ops.op(
                            op, n.ops.op("Conv", x, n.weights(1, x.shape().size(1), 3, 3)), n.weights(c)));
            PATTERNS.put(op + ", Gemm", (n, x, c) -> n.gemm(n.ops.op(op, x, n.weights(c))));
            PATTERNS.put("Gemm, " + op, (n, x, c) -> n.ops.op(op, n.gemm(x), n.weights(c)));
            PATTERNS.put(
                    "MatMul, " + op,
                    (n, x, c) ->
                            n.ops.op(op, n.ops.matmul(x, n.weights(x.shape().size(-1), 4)), n.weights(c)));
            PATTERNS.put(
                    "MatMul to one column, " + op,
                    (n, x, c) ->
                            n.ops.op(op, n.ops.matmul(x, n.weights(x.shape().size(-1), 1)), n.weights(c)));
            PATTERNS.put(
                    op + " of the neutral element",
                    (n, x, c) -> n.ops.op(
                            "Relu", n.ops.op(op, x, n.filled(op.equals("Add") || op.equals("Sub") ? 0 : 1, c))));
        }
        PATTERNS.put("Gelu", (n, x, c) -> {
            Value erf = n.ops.op("Erf", n.ops.div(x, n.filled(Math.sqrt(2), c)));
            return n.ops.mul(n.ops.mul(x, n.ops.add(erf, n.filled(1))), n.filled(0.5));
        });
        PATTERNS.put("Gelu, half", (n, x, c) -> {
            Value erf = n.ops.op("Erf", n.ops.div(x, n.filled(Math.sqrt(2))));
            return n.ops.mul(n.ops.mul(x, n.ops.add(erf, n.filled(1, c))), n.filled(0.5, c));
        });
        PATTERNS.put("hard swish", (n, x, c) -> {
            Value gate = n.ops.op("Clip", n.ops.add(x, n.filled(3, c)), n.filled(0), n.filled(6));
            return n.ops.mul(x, n.ops.div(gate, n.filled(6, c)));
        });
        PATTERNS.put(
                "bounds",
                (n, x, c) -> n.ops.op(
                        "Clip", n.ops.op("Clip", n.ops.add(x, n.filled(0, c)), n.filled(0)), null, n.filled(3)));
        PATTERNS.put("sum", (n, x, c) -> n.ops.op("Sum", n.ops.op("Sum", x), n.weights(c)));
        PATTERNS.put("mean", (n, x, c) -> n.ops.add(n.ops.reduceMean(x, true, 2, 3), n.filled(1, c)));
        PATTERNS.put("mean without axes", (n, x, c) -> n.ops.add(n.ops.reduceMean(x, false, 2, 3), n.filled(1, c)));
        PATTERNS.put("slope", (n, x, c) -> n.ops.op("PRelu", x, n.filled(0.25, c)));
    }

    private record Result(long[] dims, double[] values) {}

    private static Result run(Graph graph, ElementType type, long... dims) {
        double[] values = new double[(int) Tensor.count(dims)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 3 * Math.sin(1.7 * i + 0.3);
        }
        Tensor x = Tensor.ofDoubles(values, dims).to(type);
        SessionOptions options =
                SessionOptions.defaults().withThreads(1).withOptimization(SessionOptions.Optimization.NONE);
        try (Session session = Session.open(OnnxWriter.toBytes(new Model(graph)), options);
                NativeTensor in = NativeTensor.allocate(type.onnx(), dims);
                NativeTensor out = run(session, in, x)) {
            byte[] bytes = new byte[out.buffer().remaining()];
            out.buffer().get(bytes);
            return new Result(
                    out.dims(),
                    Tensor.of(ElementType.ofOnnx(out.type()), out.dims(), bytes).doubles());
        }
    }

    private static NativeTensor run(Session session, NativeTensor in, Tensor x) {
        in.buffer().put(x.buffer());
        return session.run(Map.of("x", in)).values().iterator().next();
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"FLOAT", "FLOAT16", "DOUBLE"})
    void outputsStay(ElementType type) {
        List<String> wrong = new ArrayList<>();
        int compared = 0;
        for (Map.Entry<String, Pattern> entry : PATTERNS.entrySet()) {
            for (long[] input : INPUTS) {
                for (long[] constant : CONSTANTS) {
                    Net net = new Net(type);
                    Shape shape = Shape.of(input);
                    Value x = net.graph.addInput("x", type, input[0] == 2 ? shape.with(0, Dim.symbol("N")) : shape);
                    Result expected;
                    try {
                        Value y = entry.getValue().build(net, x, constant);
                        y.setName("y");
                        net.graph.addOutput(y);
                        expected = run(net.graph, type, input);
                    } catch (HoneException
                            | IndexOutOfBoundsException
                            | IllegalStateException
                            | IllegalArgumentException
                            | java.util.NoSuchElementException impossible) {
                        continue;
                    }
                    compared++;
                    String what = entry.getKey() + " of " + shape + " and " + Shape.of(constant);
                    try {
                        Passes.inference().run(new Model(net.graph));
                        Verifier.check(net.graph);
                        String difference = difference(expected, run(net.graph, type, input), type);
                        if (difference != null) {
                            wrong.add(what + ": " + difference);
                        }
                    } catch (HoneException e) {
                        wrong.add(what + ": " + e.getMessage());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(compared).isGreaterThan(type == ElementType.DOUBLE ? 200 : 400);
    }

    private static String difference(Result expected, Result found, ElementType type) {
        if (!java.util.Arrays.equals(expected.dims, found.dims)) {
            return "shape " + Shape.of(found.dims) + ", expected " + Shape.of(expected.dims);
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.values.length; i++) {
            largest = Math.max(largest, Math.abs(expected.values[i]));
            difference = Math.max(difference, Math.abs(expected.values[i] - found.values[i]));
        }
        double tolerance = type == ElementType.FLOAT16 ? 5e-3 : type == ElementType.FLOAT ? 5e-6 : 1e-6;
        return difference <= tolerance * largest ? null : "differs by " + difference + " of " + largest;
    }

    /** The table says what the runtime opens. */
    @Test
    void kernelsAreThoseOfTheRuntime() {
        Map<String, Map<String, Object>> attributes = Map.of("MaxPool", Map.of("kernel_shape", new long[] {2, 2}));
        RuntimeKernels.TABLE.forEach((op, types) -> {
            for (ElementType type :
                    List.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16)) {
                Graph graph = new Graph("one");
                long[] dims = op.equals("Gemm") ? new long[] {2, 2} : new long[] {2, 3, 4, 4};
                List<Value> inputs = new ArrayList<>();
                inputs.add(graph.addInput("x", type, Shape.of(dims)));
                if (List.of("Add", "Mul", "Gemm").contains(op)) {
                    inputs.add(inputs.get(0));
                }
                graph.addOutput(new Ops(graph)
                        .op(op, attributes.getOrDefault(op, Map.of()), inputs.toArray(Value[]::new))
                        .setType(type));
                boolean opens = true;
                try {
                    Session.open(
                                    OnnxWriter.toBytes(new Model(graph)),
                                    SessionOptions.defaults().withOptimization(SessionOptions.Optimization.NONE))
                            .close();
                } catch (OnnxRuntimeException e) {
                    opens = false;
                }
                assertThat(types.contains(type)).as(op + " of " + type).isEqualTo(opens);
            }
        });
    }

    @Test
    void everyMadeOperatorIsInTheTable() {
        for (RewriteRule rule : Passes.rules()) {
            assertThat(RuntimeKernels.TABLE.keySet()).as(rule.name()).containsAll(rule.makes());
        }
    }
}
