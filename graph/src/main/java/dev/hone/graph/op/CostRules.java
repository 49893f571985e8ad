package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.OperatorTraits.Role;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of cost rules. An operator that has a shape rule and no entry here reads its inputs and writes its outputs,
 * without MACs.
 */
public final class CostRules {
    /** MACs of a node whose shapes are known. */
    @FunctionalInterface
    private interface MultiplyAdds {
        Dim of(ShapeContext node);
    }

    private static final Map<String, MultiplyAdds> PRODUCTS = new HashMap<>();

    static {
        PRODUCTS.put("Conv", CostRules::convolution);
        PRODUCTS.put("com.microsoft.FusedConv", CostRules::convolution);
        PRODUCTS.put("ConvInteger", CostRules::convolution);
        PRODUCTS.put("QLinearConv", CostRules::convolution);
        PRODUCTS.put("DeformConv", CostRules::convolution);
        PRODUCTS.put("ConvTranspose", n -> elements(n.shape(0)).times(taps(n.shape(1))));
        PRODUCTS.put("Gemm", n -> gemm(n));
        PRODUCTS.put("com.microsoft.FusedGemm", n -> gemm(n));
        PRODUCTS.put("com.microsoft.QGemm", n -> gemm(n));
        PRODUCTS.put("MatMul", n -> product(n, false));
        PRODUCTS.put("MatMulInteger", n -> product(n, false));
        PRODUCTS.put("QLinearMatMul", n -> product(n, false));
        PRODUCTS.put("com.microsoft.MatMulIntegerToFloat", n -> product(n, false));
        PRODUCTS.put("com.microsoft.DynamicQuantizeMatMul", n -> product(n, false));
        PRODUCTS.put("com.microsoft.MatMulNBits", n -> product(n, false));
        PRODUCTS.put("com.microsoft.FusedMatMul", n -> product(n, n.flag("transA", false)));
        PRODUCTS.put("Einsum", CostRules::einsum);
        PRODUCTS.put("RNN", n -> recurrent(n));
        PRODUCTS.put("GRU", n -> recurrent(n));
        PRODUCTS.put("LSTM", n -> recurrent(n));
        PRODUCTS.put("Attention", AttentionShapes::multiplyAdds);
        PRODUCTS.put("com.microsoft.Attention", AttentionShapes::joinedMultiplyAdds);
        PRODUCTS.put("com.microsoft.MultiHeadAttention", AttentionShapes::separateMultiplyAdds);
    }

    private CostRules() {}

    /** The operators that have a rule; those outside of ONNX's own domain with it in front. */
    public static Set<String> names() {
        return ShapeRules.names();
    }

    /** The operators that count MACs; the others only move bytes. */
    public static Set<String> multiplying() {
        return Collections.unmodifiableSet(PRODUCTS.keySet());
    }

    /**
     * The cost of one node without its subgraphs, or null if its operator has no rule. Shapes have to be inferred.
     *
     * @throws dev.hone.graph.GraphException if the shapes do not fit the operator
     */
    public static Cost of(Node node) {
        String name = Operators.key(node.domain(), node.op());
        if (!names().contains(name)) {
            return null;
        }
        ShapeContext context = new ShapeContext(node);
        try {
            MultiplyAdds products = PRODUCTS.get(name);
            Dim multiplyAdds = products == null ? Dim.ZERO : products.of(context);
            Dim parameters = Dim.of(count(weights(node)));
            if (isFree(node)) {
                return new Cost(multiplyAdds, parameters, Dim.ZERO, Dim.ZERO);
            }
            List<Value> inputs = node.inputs();
            Dim written = bytes(node.outputs());
            boolean selects = OperatorTraits.is(node, Fact.SELECTS) && !inputs.isEmpty();
            Dim read = selects ? written.plus(bytes(inputs.subList(1, inputs.size()))) : bytes(inputs);
            return new Cost(multiplyAdds, parameters, read, written);
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw context.misfit(e);
        }
    }

    /** The runtime passes the same memory on, or looks at nothing but the shape. */
    private static boolean isFree(Node node) {
        OperatorTraits traits = OperatorTraits.of(node);
        return traits.is(Fact.VIEW) || traits.is(Fact.SIZES) || node.is("Constant");
    }

    // ---- weights

    /**
     * The constants among a node's inputs that were learnt: not scalars, shapes, axes or indices, not the scales and zero
     * points of quantization, and not the running statistics of batch normalization, as networks' sizes are published.
     */
    static Set<Tensor> weights(Node node) {
        Set<Tensor> weights = Collections.newSetFromMap(new IdentityHashMap<>());
        OperatorTraits traits = OperatorTraits.of(node);
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            WeightInput as = traits.input(i);
            boolean learnt = as == null || as.role().isLearnt() || as.role() == Role.OPERAND;
            if (input != null && input.constant() != null && learnt && isWeight(input.constant())) {
                weights.add(input.constant());
            }
        }
        if (node.is("Constant")) {
            Tensor tensor = ShapeContext.constantOf(node);
            if (tensor != null && isWeight(tensor)) {
                weights.add(tensor);
            }
        }
        return weights;
    }

    private static boolean isWeight(Tensor tensor) {
        ElementType type = tensor.type();
        boolean learnt = type.isFloat() || (type.isInteger() && type != ElementType.INT64);
        return learnt && tensor.rank() > 0;
    }

    static long count(Collection<Tensor> tensors) {
        return tensors.stream().mapToLong(Tensor::count).sum();
    }

    // ---- bytes

    private static Dim bytes(List<Value> values) {
        Dim sum = Dim.ZERO;
        for (Value value : new HashSet<>(values)) {
            if (value != null && value.otherType() == null) {
                sum = sum.plus(bytes(value));
            }
        }
        return sum;
    }

    private static Dim bytes(Value value) {
        if (value.type() == null || value.shape() == null || value.type() == ElementType.STRING) {
            return Dim.unknown();
        }
        int bits = value.type().bits();
        Dim count = value.shape().elements();
        return bits % 8 == 0 ? count.times(bits / 8) : count.times(bits).ceilDiv(8);
    }

    // ---- MACs

    private static Dim elements(Shape shape) {
        return shape == null ? Dim.unknown() : shape.elements();
    }

    /** Of a kernel [M,C,...] what one output element takes: all but the first axis. */
    private static Dim taps(Shape w) {
        return w == null || w.rank() == 0 ? Dim.unknown() : new Shape(w.dims().subList(1, w.rank())).elements();
    }

    private static Dim output(ShapeContext n) {
        return elements(n.node().output() == null ? null : n.node().output().shape());
    }

    /** Each output element takes one per tap of its kernel. */
    private static Dim convolution(ShapeContext n) {
        int kernel = OperatorTraits.of(n.node()).input(Role.KERNEL).index();
        return output(n).times(taps(n.shape(kernel)));
    }

    private static Dim gemm(ShapeContext n) {
        Shape a = n.shape(0);
        return a == null ? Dim.unknown() : output(n).times(a.dim(n.flag("transA", false) ? 0 : 1));
    }

    private static Dim product(ShapeContext n, boolean transposed) {
        Shape a = n.shape(0);
        return a == null ? Dim.unknown() : output(n).times(a.dim(transposed && a.rank() > 1 ? -2 : -1));
    }

    /** The product of all labels, once for each input after the first: what contracting in one loop takes. */
    private static Dim einsum(ShapeContext n) {
        Map<Character, Dim> dims = MatrixShapes.einsumDims(n, MatrixShapes.einsumTerms(n));
        if (dims == null) {
            return Dim.unknown();
        }
        Dim all = Dim.of(n.node().inputs().size() - 1L);
        for (Dim dim : dims.values()) {
            all = all.times(dim);
        }
        return all;
    }

    /** Each step multiplies an input by W [D,gates*H,I] and a state by R [D,gates*H,H]. */
    private static Dim recurrent(ShapeContext n) {
        Shape x = n.shape(0);
        if (x == null) {
            return Dim.unknown();
        }
        Dim steps = x.dim(0).times(x.dim(1));
        return steps.times(elements(n.shape(1)).plus(elements(n.shape(2))));
    }
}
