package dev.hone.graph.build;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.ShapeRules;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds nodes of the ONNX domain, at {@link dev.hone.graph.Model#OPSET}, to a graph. Types and shapes are inferred for
 * each node, so that graph-building code can use them.
 */
public final class Ops {
    private final Graph graph;

    public Ops(Graph graph) {
        this.graph = graph;
    }

    public Graph graph() {
        return graph;
    }

    // ---- any operator

    /** One output. */
    public Value op(String op, Value... inputs) {
        return node("", op, Map.of(), 1, inputs).output();
    }

    /** One output; attribute values as accepted by {@link dev.hone.graph.Attribute#from}. */
    public Value op(String op, Map<String, ?> attributes, Value... inputs) {
        return node("", op, attributes, 1, inputs).output();
    }

    /** Attributes are set in the order of their names, whatever that of the map, so that equal runs give equal files. */
    public Node node(String domain, String op, Map<String, ?> attributes, int outputs, Value... inputs) {
        Node node = graph.addNode(domain, op, Arrays.asList(inputs));
        new TreeMap<>(attributes).forEach(node::set);
        for (int i = 0; i < outputs; i++) {
            node.addOutput(graph.freshName(op));
        }
        ShapeRules.infer(node);
        return node;
    }

    // ---- constants

    public Value constant(Tensor tensor) {
        return graph.addConstant(tensor);
    }

    public Value constant(float value) {
        return constant(Tensor.scalar(value));
    }

    /** A scalar of the same element type as another value. */
    public Value constantLike(Value like, double value) {
        return constant(Tensor.filled(like.type(), value));
    }

    public Value vector(long... values) {
        return constant(Tensor.vector(values));
    }

    // ---- arithmetic

    public Value add(Value a, Value b) {
        return op("Add", a, b);
    }

    public Value sub(Value a, Value b) {
        return op("Sub", a, b);
    }

    public Value mul(Value a, Value b) {
        return op("Mul", a, b);
    }

    public Value div(Value a, Value b) {
        return op("Div", a, b);
    }

    public Value mul(Value a, double factor) {
        return mul(a, constantLike(a, factor));
    }

    public Value add(Value a, double term) {
        return add(a, constantLike(a, term));
    }

    public Value neg(Value a) {
        return op("Neg", a);
    }

    public Value matmul(Value a, Value b) {
        return op("MatMul", a, b);
    }

    public Value cast(Value a, ElementType to) {
        return a.type() == to ? a : op("Cast", Map.of("to", to.onnx()), a);
    }

    // ---- shape

    public Value reshape(Value a, long... dims) {
        return op("Reshape", a, vector(dims));
    }

    /**
     * Reshapes to a symbolic shape: with a constant target if at most one dimension is symbolic, otherwise computed at
     * run time.
     */
    public Value reshape(Value a, Shape shape) {
        return op("Reshape", Map.of("allowzero", 0), a, reshapeTarget(shape, a));
    }

    private Value reshapeTarget(Shape shape, Value like) {
        long[] dims = new long[shape.rank()];
        int open = 0;
        for (int i = 0; i < dims.length; i++) {
            Dim dim = shape.dim(i);
            dims[i] = dim.value().orElse(-1);
            open += dim.isConstant() ? 0 : 1;
        }
        if (open <= 1) {
            return vector(dims);
        }
        throw new GraphException("cannot reshape " + like + " to " + shape + " without a value of that shape");
    }

    /** Reshapes to the shape of another value. */
    public Value reshapeLike(Value a, Value like) {
        Shape shape = like.shape();
        if (shape != null && shape.equals(a.shape())) {
            return a;
        }
        // A size of 0 in a computed target would mean the size at the same place of a.
        boolean hasZero = shape == null || !shape.isConstant() || shape.count().orElse(0) == 0;
        return hasZero ? op("Reshape", Map.of("allowzero", 1), a, shapeOf(like)) : op("Reshape", a, shapeOf(like));
    }

    /** The shape of a value as an int64 vector; a constant if it is known. */
    public Value shapeOf(Value a) {
        if (a.shape() != null && a.shape().isConstant()) {
            return vector(a.shape().sizes());
        }
        return op("Shape", a);
    }

    public Value expandLike(Value a, Value like) {
        return like.shape() != null && like.shape().equals(a.shape()) ? a : op("Expand", a, shapeOf(like));
    }

    public Value transpose(Value a, long... perm) {
        return op("Transpose", Map.of("perm", perm), a);
    }

    public Value unsqueeze(Value a, long... axes) {
        return op("Unsqueeze", a, vector(axes));
    }

    public Value squeeze(Value a, long... axes) {
        return op("Squeeze", a, vector(axes));
    }

    public Value concat(int axis, List<Value> parts) {
        return parts.size() == 1 ? parts.get(0) : op("Concat", Map.of("axis", axis), parts.toArray(Value[]::new));
    }

    /** Elements {@code start <= i < end} of one axis, every {@code step}-th. */
    public Value slice(Value a, int axis, long start, long end, long step) {
        return op("Slice", a, vector(start), vector(end), vector(axis), vector(step));
    }

    // ---- reduction

    public Value reduceSum(Value a, boolean keepDims, long... axes) {
        return op("ReduceSum", Map.of("keepdims", keepDims), a, vector(axes));
    }

    public Value reduceMean(Value a, boolean keepDims, long... axes) {
        return op("ReduceMean", Map.of("keepdims", keepDims), a, vector(axes));
    }
}
