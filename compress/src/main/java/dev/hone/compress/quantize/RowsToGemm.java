package dev.hone.compress.quantize;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.rewrite.GraphEdits;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.Patterns;
import dev.hone.graph.rewrite.RewriteRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Joins a product with constant weights and its bias, as Transformers have them, for a tensor of more than two axes.
 *
 * <pre>f(MatMul(x[...,K], W[K,N]) + b[N]) = Reshape(f(Gemm(Reshape(x, [-1,K]), W, b)), [...,N])</pre>
 *
 * <p>with f what works on each element in front of the next reader. Where the runtime knows the shape it does the same to
 * the sum, before it looks for integers, and then finds a bias in FP32, which keeps the product in float: such a layer took
 * three times as long as without any integers. Where it does not, the product is rounded in front of the bias, and the bias
 * to 8 bits. As a Gemm it has its bias in 32 bits. Changes results by rounding, about 1e-6 of the largest output.
 */
final class RowsToGemm implements RewriteRule {
    @Override
    public Set<String> operators() {
        return Set.of("Add");
    }

    @Override
    public String description() {
        return "Join products and biases of more than two axes into Gemm.";
    }

    @Override
    public Match match(Node add) {
        for (int i = 0; i < 2; i++) {
            Node product = Patterns.soleProducer(add, i, "MatMul");
            if (product != null) {
                return match(add, product, add.input(1 - i));
            }
        }
        return Match.declined("no MatMul makes an operand");
    }

    private static Match match(Node add, Node product, Value bias) {
        Value x = product.input(0);
        Tensor weights = Patterns.constant(product.input(1));
        if (weights == null || weights.rank() != 2 || weights.type() != ElementType.FLOAT) {
            return Match.declined("its weights are no constant matrix of floats");
        }
        Tensor row = Patterns.constant(bias);
        long columns = weights.dim(1);
        if (row == null || row.count() != columns || row.dim(row.rank() - 1) != columns) {
            return Match.declined("what is added is no constant row of the product");
        }
        Shape shape = x.shape();
        if (shape == null || shape.rank() < 3 || row.rank() > shape.rank()) {
            return Match.declined("its input has two axes");
        }
        return Match.found(() -> rewrite(add, product, row, shape.with(shape.rank() - 1, Dim.of(columns))));
    }

    private static void rewrite(Node add, Node product, Tensor row, Shape shape) {
        Ops ops = new Ops(add.graph());
        Value x = product.input(0);
        Value weights = product.input(1);
        Value rows = ops.reshape(x, -1, weights.constant().dim(0));
        Value bias = ops.constant(Tensor.ofFloats(row.floats(), row.count()));
        Value moved = ops.op("Gemm", rows, weights, bias);
        passNames(product, moved);
        Value end = add.output();
        for (Node next = Patterns.soleReader(end); next != null && worksByElement(next, end); ) {
            List<Value> inputs = new ArrayList<>(next.inputs());
            inputs.set(0, moved);
            moved = ops.op(next.op(), next.attributes(), inputs.toArray(Value[]::new));
            passNames(next, moved);
            end = next.output();
            next = Patterns.soleReader(end);
        }
        GraphEdits.replaceByNew(end, ops.op("Reshape", moved, target(ops, x, shape)));
        GraphEdits.prune(end.producer());
        add.graph().sort();
    }

    /** The sizes of the product: numbers where at most one is open, else read from its input when it runs. */
    private static Value target(Ops ops, Value x, Shape shape) {
        long[] dims = shape.dims().stream()
                .mapToLong(d -> d.isConstant() ? d.constant() : -1)
                .toArray();
        if (Arrays.stream(dims).filter(d -> d < 0).count() <= 1) {
            return ops.vector(dims);
        }
        Value leading = ops.op("Shape", Map.of("end", -1), x);
        return ops.op("Concat", Map.of("axis", 0), leading, ops.vector(dims[dims.length - 1]));
    }

    /** A layer goes on answering to its own names. */
    private static void passNames(Node old, Value to) {
        to.producer().setName(old.name());
        old.setName("");
        if (!old.output().isOutput()) {
            String name = old.output().name();
            old.output().setName(old.graph().freshName(name));
            to.setName(name);
        }
    }

    private static boolean worksByElement(Node node, Value x) {
        OperatorTraits traits = OperatorTraits.of(node);
        boolean alone = traits.is(Fact.ELEMENTWISE) && traits.axes().equals("same");
        return alone && Traits.isListed(node) && node.input(0) == x;
    }
}
