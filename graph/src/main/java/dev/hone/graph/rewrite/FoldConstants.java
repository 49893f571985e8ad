package dev.hone.graph.rewrite;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.nio.BufferUnderflowException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Constant folding: evaluates nodes whose inputs are all constants, and small integer tensors whose elements are known
 * from shape inference (such as the Shape of a static value). Constant nodes become initializers.
 *
 * <p>Does not inflate the model: a result may exceed the constants that become unused by at most {@value #ALLOWANCE}
 * bytes, a product of constants by {@value #PRODUCT_ALLOWANCE}, and all of them together by 64 MiB. Inputs that do not
 * fit their operator are left to the runtime, which says so if they are ever computed. Quantization nodes are not folded, since that would undo the compression; neither are random operators, nodes
 * with subgraphs or of other domains, and graph outputs. Results are those of the evaluator.
 */
public final class FoldConstants implements Pass {
    /** Bytes by which a folded constant may exceed what it replaces. */
    static final int ALLOWANCE = 4096;

    /** The same for a product of two matrices, which ends a chain that only the runtime could compute otherwise. */
    static final int PRODUCT_ALLOWANCE = 4 << 20;

    /** Bytes by which all constants together may exceed what they replace. */
    private static final long MOST_GROWTH = 64 << 20;

    private final ConstantEvaluator evaluator;

    public FoldConstants(ConstantEvaluator evaluator) {
        this.evaluator = evaluator;
    }

    @Override
    public String name() {
        return "fold-constants";
    }

    @Override
    public String description() {
        return "Fold constants, unless the result would be larger than the constants it replaces.";
    }

    @Override
    public boolean run(Graph graph) {
        return new Run().fold(graph);
    }

    /** One run over a graph and its subgraphs. */
    private final class Run {
        private long growth;

        private boolean fold(Graph graph) {
            graph.sort();
            boolean changed = false;
            for (Node node : List.copyOf(graph.nodes())) {
                for (Graph subgraph : node.subgraphs()) {
                    changed |= fold(subgraph);
                }
                changed |= graph.nodes().contains(node) && fold(graph, node);
            }
            return changed;
        }

        private boolean fold(Graph graph, Node node) {
            if (!node.domain().isEmpty()
                    || !node.subgraphs().isEmpty()
                    || OperatorTraits.is(node, Fact.QUANTIZATION)
                    || OperatorTraits.is(node, Fact.RANDOM)
                    || node.is("EyeLike")
                    || node.outputs().stream().filter(Objects::nonNull).anyMatch(Value::isOutput)) {
                return false;
            }
            List<Tensor> results = known(node);
            if (results == null) {
                results = evaluate(node);
            }
            if (results == null) {
                return false;
            }
            boolean changed = false;
            for (int i = 0; i < node.outputs().size(); i++) {
                Value old = node.output(i);
                if (old != null && !old.isUnused()) {
                    GraphEdits.replaceByNew(old, graph.addConstant(results.get(i)));
                    changed = true;
                }
            }
            GraphEdits.prune(node);
            return changed;
        }

        /** The outputs, if their elements are known from shape inference. */
        private static List<Tensor> known(Node node) {
            List<Tensor> results = new ArrayList<>();
            for (Value output : node.outputs()) {
                if (output == null) {
                    results.add(null);
                    continue;
                }
                List<Dim> elements = output.elements();
                if (elements == null
                        || !elements.stream().allMatch(Dim::isConstant)
                        || output.shape() == null
                        || !output.shape().isConstant()
                        || (output.type() != ElementType.INT64 && output.type() != ElementType.INT32)) {
                    return null;
                }
                long[] values = elements.stream().mapToLong(Dim::constant).toArray();
                results.add(Tensor.ofLongs(values, output.shape().sizes()).to(output.type()));
            }
            return results;
        }

        private List<Tensor> evaluate(Node node) {
            List<Tensor> inputs = new ArrayList<>();
            for (Value input : node.inputs()) {
                if (input != null && !input.isConstant()) {
                    return null;
                }
                inputs.add(input == null ? null : input.constant());
            }
            long replaced = replaced(node);
            long budget = node.is("Constant")
                    ? Long.MAX_VALUE
                    : replaced + (node.is("MatMul") || node.is("Gemm") ? PRODUCT_ALLOWANCE : ALLOWANCE);
            long expected = 0;
            for (Value output : node.outputs()) {
                expected += output == null ? 0 : bytes(output.type(), output.shape());
            }
            if (expected > budget) {
                return null;
            }
            List<Tensor> results = evaluate(node, inputs);
            if (results == null) {
                return null;
            }
            long bytes = 0;
            for (Tensor result : results) {
                bytes += result == null ? 0 : result.data().size();
            }
            long grows = node.is("Constant") ? 0 : bytes - replaced;
            if (bytes > budget || grows > 0 && growth + grows > MOST_GROWTH) {
                return null;
            }
            growth += Math.max(0, grows);
            return results;
        }

        private List<Tensor> evaluate(Node node, List<Tensor> inputs) {
            try {
                return evaluator.evaluate(node, inputs);
            } catch (HoneException
                    | IndexOutOfBoundsException
                    | IllegalArgumentException
                    | ArithmeticException
                    | NegativeArraySizeException
                    | BufferUnderflowException e) {
                return null;
            }
        }
    }

    private static long bytes(ElementType type, Shape shape) {
        OptionalLong count = shape == null ? OptionalLong.empty() : shape.count();
        return type == null || count.isEmpty() ? 0 : type.bytes(count.getAsLong());
    }

    /** Bytes of the constants that nothing else reads. */
    private static long replaced(Node node) {
        long bytes = 0;
        for (Value input : new LinkedHashSet<>(node.inputs())) {
            if (input != null && Patterns.onlyReader(input, node)) {
                bytes += input.constant().data().size();
            }
        }
        return bytes;
    }
}
