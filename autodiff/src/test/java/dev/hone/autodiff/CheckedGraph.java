package dev.hone.autodiff;

import dev.hone.autodiff.OperatorCase.Known;
import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.Operators;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One row of the table as a graph: the operator, a scalar loss of its outputs, the loss's gradients.
 *
 * @param variables the inputs that are differentiated
 * @param feeds the point, by input
 * @param gradients outputs, in the order of the variables
 * @param opset the opset that has the operator
 */
record CheckedGraph(
        Graph graph, List<Value> variables, Map<String, Tensor> feeds, Value loss, List<Value> gradients, long opset) {

    /** How a loss is made of an output. */
    enum Loss {
        /** The sum of the elements, each times a random number. */
        WEIGHTED,
        /** The same of the mean over the last axis, so that the gradient is constant along it. */
        MEAN_OVER_LAST_AXIS,
        /** The mean of all elements. */
        MEAN
    }

    /** @return null if no output has the axis that the loss needs */
    static CheckedGraph of(OperatorCase test, ElementType type, Known known, Loss kind, int order, long seed) {
        Builder builder = new Builder(type, known, new Random(seed));
        // The sizes of the outputs, whatever the graph under test knows.
        Builder sizes = new Builder(type, Known.SIZES, new Random(seed));
        List<Value> outputs = builder.outputs(test);
        List<Value> twins = sizes.outputs(test);
        Value loss = null;
        for (int i = 0; i < twins.size(); i++) {
            if (twins.get(i).type() == type && test.counts(i)) {
                Shape shape = twins.get(i).shape();
                Value term = builder.term(outputs.get(i), shape.isConstant() ? shape.sizes() : null, kind);
                loss = loss == null || term == null ? term : builder.o.add(loss, term);
            }
        }
        long opset = Operators.of(outputs.get(0).producer()).since();
        return loss == null ? null : builder.differentiated(loss, order, opset);
    }

    private static final class Builder {
        private final ElementType type;
        private final Known known;
        private final Random random;
        private final Graph graph = new Graph("test");
        private final Ops o = new Ops(graph);
        private final List<Value> variables = new ArrayList<>();
        private final Map<String, Tensor> feeds = new LinkedHashMap<>();

        Builder(ElementType type, Known known, Random random) {
            this.type = type;
            this.known = known;
            this.random = random;
        }

        List<Value> outputs(OperatorCase test) {
            List<Value> inputs = new ArrayList<>();
            for (OperatorCase.Input input : test.inputs()) {
                if (input.isVariable()) {
                    Tensor point =
                            Tensor.ofDoubles(input.draw(random), input.dims()).to(type);
                    variables.add(fed("x" + variables.size(), point));
                    inputs.add(variables.get(variables.size() - 1));
                } else if (input.constant() != null) {
                    Tensor tensor = input.constant();
                    tensor = tensor.type() == ElementType.FLOAT ? tensor.to(type) : tensor;
                    boolean open = known == Known.NOT_EVEN_PARAMETERS || known == Known.ALL_BUT_PARAMETERS;
                    inputs.add(open ? fed("p" + feeds.size(), tensor) : o.constant(tensor));
                } else {
                    inputs.add(null);
                }
            }
            return test.node(o, inputs).outputs();
        }

        private Value fed(String name, Tensor tensor) {
            feeds.put(name, tensor);
            return graph.addInput(name, tensor.type(), declared(name, tensor.dims()));
        }

        private Shape declared(String name, long[] dims) {
            return switch (known) {
                case SIZES, ALL_BUT_PARAMETERS -> Shape.of(dims);
                case SYMBOLS ->
                    Shape.of(IntStream.range(0, dims.length)
                            .mapToObj(i -> Dim.symbol(name + "_" + i))
                            .toArray(Dim[]::new));
                case RANK ->
                    Shape.of(IntStream.range(0, dims.length)
                            .mapToObj(i -> Dim.unknown())
                            .toArray(Dim[]::new));
                case NOTHING, NOT_EVEN_PARAMETERS -> null;
            };
        }

        /**
         * @param dims sizes of the output; null if its values decide them, as those of Range, so that no weights fit
         * @return null if the output has no last axis
         */
        Value term(Value y, long[] dims, Loss kind) {
            if (dims == null) {
                return o.op("ReduceSum", Map.of("keepdims", 0), o.mul(y, y));
            }
            long[] size = dims.clone();
            Value x = y;
            if (kind == Loss.MEAN) {
                size = new long[0];
                x = o.op("ReduceMean", Map.of("keepdims", 0), y);
            } else if (kind == Loss.MEAN_OVER_LAST_AXIS) {
                if (dims.length == 0) {
                    return null;
                }
                size[dims.length - 1] = 1;
                x = o.reduceMean(y, true, -1);
            }
            double[] numbers = random.doubles(Tensor.count(size), -1, 1).toArray();
            Value weights =
                    fed("w" + feeds.size(), Tensor.ofDoubles(numbers, size).to(y.type() == null ? type : y.type()));
            return o.op("ReduceSum", Map.of("keepdims", 0), o.mul(x, weights));
        }

        CheckedGraph differentiated(Value first, int order, long opset) {
            Value loss = first;
            for (int i = 1; ; i++) {
                Map<Value, Value> gradients = Backward.gradients(graph, loss, variables);
                if (i < order) {
                    Value next = null;
                    for (Value x : variables) {
                        Value term = term(gradients.get(x), feeds.get(x.name()).dims(), Loss.WEIGHTED);
                        next = next == null ? term : o.add(next, term);
                    }
                    loss = next;
                    continue;
                }
                Value scalar = o.op("Identity", loss);
                graph.addOutput(scalar.setType(type));
                List<Value> outputs = new ArrayList<>();
                for (Value x : variables) {
                    Value gradient = o.op("Identity", gradients.get(x)).setType(type);
                    if (known == Known.SIZES && !x.shape().equals(gradient.shape())) {
                        throw new AssertionError("the gradient of " + x + " is " + gradient);
                    }
                    graph.addOutput(gradient);
                    outputs.add(gradient);
                }
                graph.sort();
                graph.uniqueNames();
                return new CheckedGraph(graph, variables, feeds, scalar, outputs, opset);
            }
        }
    }
}
