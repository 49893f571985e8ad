package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.Operators;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.testkit.FiniteDifferences;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule of the table against finite differences, each differentiable input separately along a random direction: in
 * double if the CPU provider supports double for the operator, otherwise in float.
 */
class OperatorGradientTest {
    private static final long SEED = 20;
    private static final SessionOptions OPTIONS =
            SessionOptions.defaults().withThreads(1).withOptimization(SessionOptions.Optimization.NONE);

    static Stream<OperatorCase> cases() {
        return Stream.of(
                        ElementwiseCases.all(),
                        ReductionAndLayoutCases.all(),
                        MatrixAndWindowCases.all(),
                        AttentionAndNormCases.all())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithFiniteDifferences(OperatorCase test) {
        if (test.single()) {
            check(test, ElementType.FLOAT, 2e-2, 1e-2);
            return;
        }
        try {
            check(test, ElementType.DOUBLE, 1e-4, 2e-6);
        } catch (OnnxRuntimeException e) {
            if (!e.getMessage().contains("Could not find an implementation")
                    && !e.getMessage().contains("Type 'tensor(double)'")
                    && !e.getMessage().contains("bound to different types")) {
                throw e;
            }
            check(test, ElementType.FLOAT, 2e-2, 1e-2);
        }
    }

    /** A scalar function of the variable inputs, as a session. */
    private record Function(Session session, List<String> names, List<double[]> points, ElementType type, Graph graph)
            implements AutoCloseable {
        /** Runs with one input replaced. */
        double[] run(int index, double[] value, String output) {
            Map<String, NativeTensor> feeds = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                long[] dims = graph.find(names.get(i)).shape().sizes();
                Tensor tensor = Tensor.ofDoubles(i == index ? value : points.get(i), dims)
                        .to(type);
                NativeTensor feed = NativeTensor.allocate(type.onnx(), dims);
                feed.buffer().put(tensor.buffer());
                feeds.put(names.get(i), feed);
            }
            Map<String, NativeTensor> results = session.run(feeds);
            NativeTensor result = results.get(output);
            double[] values = Tensor.of(type, result.dims(), result.buffer())
                    .to(ElementType.DOUBLE)
                    .doubles();
            results.values().forEach(NativeTensor::close);
            feeds.values().forEach(NativeTensor::close);
            return values;
        }

        @Override
        public void close() {
            session.close();
        }
    }

    private static void check(OperatorCase test, ElementType type, double step, double tolerance) {
        Graph graph = new Graph("test");
        Ops o = new Ops(graph);
        Random random = new Random(SEED);
        List<Value> variables = new ArrayList<>();
        List<double[]> points = new ArrayList<>();
        List<Value> inputs = new ArrayList<>();
        for (OperatorCase.Input input : test.inputs()) {
            if (input.isVariable()) {
                Value x = graph.addInput("x" + variables.size(), type, Shape.of(input.dims()));
                variables.add(x);
                inputs.add(x);
                points.add(input.draw(random));
            } else if (input.constant() != null) {
                Tensor tensor = input.constant();
                inputs.add(o.constant(tensor.type() == ElementType.FLOAT ? tensor.to(type) : tensor));
            } else {
                inputs.add(null);
            }
        }
        Node node = o.node("", test.op(), test.attributes(), test.outputs(), inputs.toArray(Value[]::new));
        Value loss = null;
        for (Value output : node.outputs()) {
            if (output.type() == type) {
                loss = addWeighted(o, loss, output, random);
            }
        }
        List<String> names = variables.stream().map(Value::name).toList();
        for (int order = 1; order <= test.order(); order++) {
            Map<Value, Value> gradients = Backward.gradients(graph, loss, variables);
            while (!graph.outputs().isEmpty()) {
                graph.removeOutput(0);
            }
            Value scalar = o.op("Identity", loss);
            graph.addOutput(scalar);
            List<Value> outputs = new ArrayList<>();
            for (Value x : variables) {
                Value gradient = o.op("Identity", gradients.get(x));
                assertThat(gradient.shape()).isEqualTo(x.shape());
                graph.addOutput(gradient);
                outputs.add(gradient);
            }
            graph.sort();
            graph.uniqueNames();
            Model model = new Model(graph);
            model.opsets().put("", Math.max(Model.OPSET, Operators.of(node).since()));
            try (Function f =
                    new Function(Session.open(OnnxWriter.toBytes(model), OPTIONS), names, points, type, graph)) {
                compare(test, order, f, scalar, outputs, step, tolerance);
            }
            Value next = null;
            for (Value gradient : gradients.values()) {
                next = addWeighted(o, next, gradient, random);
            }
            loss = next;
        }
    }

    private static void compare(
            OperatorCase test,
            int order,
            Function f,
            Value scalar,
            List<Value> gradients,
            double step,
            double tolerance) {
        for (int i = 0; i < f.points.size(); i++) {
            double[] point = f.points.get(i);
            int index = i;
            double[] direction = FiniteDifferences.randomDirection(point.length, SEED + i);
            double expected = FiniteDifferences.along(x -> f.run(index, x, scalar.name())[0], point, direction, step);
            double[] gradient = f.run(i, point, gradients.get(i).name());
            double found = 0;
            double size = 0;
            for (int k = 0; k < gradient.length; k++) {
                found += gradient[k] * direction[k];
                size += gradient[k] * gradient[k];
            }
            // A directional derivative is about the gradient's norm divided by the square root of its number of
            // elements.
            double scale = Math.max(Math.abs(expected), Math.sqrt(size / gradient.length));
            assertThat(found)
                    .as("%s, order %d, input %d, %s, seed %d", test, order, i, f.type, SEED)
                    .isNotNaN()
                    .isCloseTo(expected, org.assertj.core.data.Offset.offset(tolerance * scale));
        }
    }

    /** Adds the sum of the elements of a value, weighted by fixed random numbers. */
    private static Value addWeighted(Ops o, Value sum, Value value, Random random) {
        long count = value.shape().count().orElseThrow();
        double[] weights = random.doubles(count, -1, 1).toArray();
        Value constant =
                o.constant(Tensor.ofDoubles(weights, value.shape().sizes()).to(value.type()));
        Value term = o.op("ReduceSum", Map.of("keepdims", 0), o.mul(value, constant));
        return sum == null ? term : o.add(sum, term);
    }
}
