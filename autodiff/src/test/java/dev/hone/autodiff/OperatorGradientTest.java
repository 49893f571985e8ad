package dev.hone.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.autodiff.CheckedGraph.Loss;
import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.core.ElementType;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.testkit.FiniteDifferences;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule of the table against finite differences, each differentiable input separately along a random direction: in
 * double if the CPU provider supports double for the operator, otherwise in float. Each row is run with all that may be
 * known of shapes (see {@link OperatorCase.Known}), with gradients that have the output's shape and gradients that are
 * constant along its axes, and with each of several outputs alone. Where a rule needs to know more, it has to refuse by
 * name, and {@link ShapeNeeds} lists it.
 */
class OperatorGradientTest {
    private static final long SEED = 20;
    private static final SessionOptions OPTIONS =
            SessionOptions.defaults().withThreads(1).withOptimization(SessionOptions.Optimization.NONE);

    /** Rows of further operators are appended here, by file. */
    static Stream<OperatorCase> cases() {
        return Stream.of(
                        ElementwiseCases.all(),
                        ReductionAndLayoutCases.all(),
                        MatrixAndWindowCases.all(),
                        AttentionAndNormCases.all(),
                        RecurrentCases.all(),
                        SamplingCases.all(),
                        RuntimeOperatorCases.all(),
                        ControlFlowCases.all())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithFiniteDifferences(OperatorCase test) {
        inSomeType(test, precision -> {
            for (int order = 1; order <= test.order(); order++) {
                check(test, precision, Known.SIZES, Loss.WEIGHTED, order);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void worksOrRefusesWhateverIsKnownOfShapes(OperatorCase test) {
        inSomeType(test, precision -> {
            for (Known known : List.of(Known.SYMBOLS, Known.RANK, Known.NOTHING, Known.NOT_EVEN_PARAMETERS)) {
                if (known.compareTo(test.runs()) > 0) {
                    continue;
                }
                if (known.compareTo(ShapeNeeds.of(test)) <= 0) {
                    check(test, precision, known, Loss.WEIGHTED, 1);
                } else {
                    refuses(test, precision, known);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void parametersMayBeComputed(OperatorCase test) {
        inSomeType(test, precision -> {
            if (ShapeNeeds.parameters(test)) {
                refuses(test, precision, Known.ALL_BUT_PARAMETERS);
            } else {
                check(test, precision, Known.ALL_BUT_PARAMETERS, Loss.WEIGHTED, 1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsThatAreConstantAlongAxesAreExpanded(OperatorCase test) {
        inSomeType(test, precision -> {
            Known needed = ShapeNeeds.of(test);
            Known least = needed.compareTo(test.runs()) < 0 ? needed : test.runs();
            for (Loss loss : List.of(Loss.MEAN_OVER_LAST_AXIS, Loss.MEAN)) {
                check(test, precision, Known.SIZES, loss, 1);
                check(test, precision, least, loss, 1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyOutputHasItsOwnGradient(OperatorCase test) {
        inSomeType(test, precision -> {
            for (int output = 0; output < test.outputs() && test.outputs() > 1; output++) {
                check(test.only(output), precision, Known.SIZES, Loss.WEIGHTED, 1);
            }
        });
    }

    private static void refuses(OperatorCase test, Precision precision, Known known) {
        assertThatThrownBy(() -> check(test, precision, known, Loss.WEIGHTED, 1))
                .as("%s with %s", test, known)
                .isInstanceOf(GraphException.class)
                .hasMessageContaining(test.op() + " '");
    }

    private record Precision(ElementType type, double step, double tolerance) {}

    private static void inSomeType(OperatorCase test, Consumer<Precision> check) {
        Precision single = new Precision(ElementType.FLOAT, 2e-2, 1e-2);
        if (test.single()) {
            check.accept(single);
            return;
        }
        try {
            check.accept(new Precision(ElementType.DOUBLE, 1e-4, 2e-6));
        } catch (OnnxRuntimeException e) {
            if (!e.getMessage().contains("Could not find an implementation")
                    && !e.getMessage().contains("Type 'tensor(double)'")
                    && !e.getMessage().contains("bound to different types")
                    && !e.getMessage().contains("does not support double")) {
                throw e;
            }
            check.accept(single);
        }
    }

    private static void check(OperatorCase test, Precision precision, Known known, Loss kind, int order) {
        CheckedGraph checked = CheckedGraph.of(test, precision.type(), known, kind, order, SEED);
        if (checked == null) {
            // A number has no last axis, and indices no gradient.
            assertThat(kind == Loss.MEAN_OVER_LAST_AXIS || !test.counts(0))
                    .as(test.toString())
                    .isTrue();
            return;
        }
        Model model = new Model(checked.graph());
        model.opsets().put("", Math.max(Model.OPSET, checked.opset()));
        model.opsets().put("com.microsoft", 1L);
        try (Session session = Session.open(OnnxWriter.toBytes(model), OPTIONS)) {
            for (int i = 0; i < checked.variables().size(); i++) {
                compare(test + ", " + known + ", " + kind, order, session, checked, i, precision);
            }
        }
    }

    private static void compare(
            String label, int order, Session session, CheckedGraph checked, int index, Precision precision) {
        String name = checked.variables().get(index).name();
        double[] point = checked.feeds().get(name).to(ElementType.DOUBLE).doubles();
        double[] direction = FiniteDifferences.randomDirection(point.length, SEED + index);
        double expected = FiniteDifferences.along(
                x -> run(session, checked, name, x, checked.loss())[0], point, direction, precision.step());
        double[] gradient =
                run(session, checked, name, point, checked.gradients().get(index));
        assertThat(gradient).as(label).hasSameSizeAs(point);
        double found = 0;
        double size = 0;
        for (int k = 0; k < gradient.length; k++) {
            found += gradient[k] * direction[k];
            size += gradient[k] * gradient[k];
        }
        // A directional derivative is about the gradient's norm divided by the square root of its number of elements.
        double scale = Math.max(Math.abs(expected), Math.sqrt(size / Math.max(1, gradient.length)));
        assertThat(found)
                .as("%s, order %d, input %d, %s, seed %d", label, order, index, precision.type(), SEED)
                .isNotNaN()
                .isCloseTo(
                        expected, org.assertj.core.data.Offset.offset(precision.tolerance() * Math.max(scale, 1e-2)));
    }

    /** Runs with one input replaced. */
    private static double[] run(Session session, CheckedGraph checked, String name, double[] value, Value output) {
        Map<String, NativeTensor> feeds = new LinkedHashMap<>();
        checked.feeds().forEach((input, tensor) -> {
            Tensor given =
                    input.equals(name) ? Tensor.ofDoubles(value, tensor.dims()).to(tensor.type()) : tensor;
            NativeTensor feed = NativeTensor.allocate(given.type().onnx(), given.dims());
            feed.buffer().put(given.buffer());
            feeds.put(input, feed);
        });
        Map<String, NativeTensor> results = session.run(feeds);
        NativeTensor result = results.get(output.name());
        double[] values = Tensor.of(output.type(), result.dims(), result.buffer())
                .to(ElementType.DOUBLE)
                .doubles();
        results.values().forEach(NativeTensor::close);
        feeds.values().forEach(NativeTensor::close);
        return values;
    }
}
