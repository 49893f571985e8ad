package dev.hone.autodiff;

import dev.hone.autodiff.GradientRule.Extent;
import dev.hone.core.ElementType;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation of a graph: appends the nodes that compute gradients, as ordinary ONNX operators.
 *
 * <p>Visits only the nodes on a path from {@code wrt} to the outputs; a path may lead through what the subgraphs of a
 * node read. Gradients are summed where a value has several uses, and reduced where an input was broadcast. Shapes known
 * at build time become constants; dynamic dimensions and ranks are read at run time. The added nodes can be
 * differentiated again. Higher derivatives with respect to an initializer require making it an input first, since
 * initializers may be rearranged at build time. Calls of a model's own functions are inlined before, by {@link
 * dev.hone.graph.rewrite.InlineFunctions}.
 */
public final class Backward {
    private final Graph graph;
    private final Ops o;
    private final Set<Value> active = new HashSet<>();
    private final Map<Value, List<Gradient>> pending = new HashMap<>();

    /**
     * A gradient of some value.
     *
     * @param full whether it has the value's shape; otherwise it broadcasts to it
     */
    private record Gradient(Value value, boolean full) {}

    private Backward(Graph graph) {
        this.graph = graph;
        this.o = new Ops(graph);
    }

    /**
     * The gradients of the sum of {@code y}'s elements.
     *
     * @return by value of {@code wrt}, a value of the same type and shape; zeros where {@code y} does not depend on it
     * @throws GraphException naming the node, if an operator on the path has no gradient
     */
    public static Map<Value, Value> gradients(Graph graph, Value y, List<Value> wrt) {
        Ops o = new Ops(graph);
        return gradients(graph, Map.of(y, filledLike(o, y, 1)), wrt);
    }

    /**
     * Vector-Jacobian products: the gradients of the sum over all {@code y} of {@code y * outputGradients[y]}.
     *
     * @param outputGradients gradient by output, of the output's type and shape, or a shape that broadcasts to it
     * @return by value of {@code wrt}, a value of the same type and shape; zeros where no output depends on it
     * @throws GraphException naming the node, if an operator on the path has no gradient
     */
    public static Map<Value, Value> gradients(Graph graph, Map<Value, Value> outputGradients, List<Value> wrt) {
        return gradients(graph, List.copyOf(outputGradients.keySet()), List.copyOf(outputGradients.values()), wrt);
    }

    /**
     * The same for outputs that may be listed more than once.
     *
     * @param outputGradients in the order of the outputs; null for one without a gradient
     * @param wrt values of the graph, or values of enclosing graphs that it reads
     */
    static Map<Value, Value> gradients(Graph graph, List<Value> outputs, List<Value> outputGradients, List<Value> wrt) {
        Backward backward = new Backward(graph);
        for (int i = 0; i < outputs.size(); i++) {
            if (outputGradients.get(i) != null) {
                Value gradient = outputGradients.get(i);
                backward.give(outputs.get(i), new Gradient(gradient, Broadcast.sameShape(gradient, outputs.get(i))));
            }
        }
        return backward.run(outputs, wrt);
    }

    private Map<Value, Value> run(List<Value> outputs, List<Value> wrt) {
        List<Node> nodes = graph.ancestors(outputs);
        active.addAll(wrt);
        for (Node node : nodes) {
            if (node.reads().stream().anyMatch(active::contains)
                    && !(Gradients.of(node) instanceof GradientRule.Zero)) {
                node.outputs().stream().filter(Backward::carriesGradient).forEach(active::add);
            }
        }
        for (int i = nodes.size() - 1; i >= 0; i--) {
            visit(nodes.get(i));
        }
        Map<Value, Value> result = new LinkedHashMap<>();
        for (Value value : wrt) {
            Value gradient = full(value);
            result.put(value, gradient == null ? filledLike(o, value, 0) : gradient);
        }
        graph.sort();
        return result;
    }

    /**
     * True for floating-point values, and for quantized ones, whose gradient is that of the real numbers they encode.
     */
    private static boolean carriesGradient(Value value) {
        return value != null
                && (value.type() == null
                        || value.type().isFloat()
                        || value.producer().is("QuantizeLinear"));
    }

    private void visit(Node node) {
        if (node.reads().stream().noneMatch(active::contains)
                || node.outputs().stream().noneMatch(y -> y != null && pending.containsKey(y))) {
            return;
        }
        GradientRule rule = Gradients.of(node);
        if (rule == null) {
            throw new GraphException(
                    node,
                    "has no gradient; differentiable operators are " + String.join(", ", Gradients.differentiable()));
        } else if (rule instanceof GradientRule.None none) {
            throw new GraphException(node, "cannot be differentiated: " + none.reason());
        } else if (rule instanceof GradientRule.Derivative derivative) {
            requireHandled(node, derivative);
            apply(node, derivative);
        } else if (rule instanceof GradientRule.Expanded expanded) {
            expand(node, expanded);
        } else if (rule instanceof GradientRule.Body body) {
            give(body.rule().gradients(o, node, gradients(node), wanted(node)));
        }
    }

    /** What stops inside of an expansion is told of the node, which is in the model. */
    private void expand(Node node, GradientRule.Expanded rule) {
        try {
            List<Value> wanted = node.inputs().stream()
                    .limit(rule.inputs())
                    .distinct()
                    .filter(active::contains)
                    .toList();
            give(ExpandedGradients.gradients(o, node, rule.expansion(), gradients(node), wanted));
        } catch (GraphException e) {
            Node at = e.node();
            boolean itself =
                    at != null && at.op().equals(node.op()) && at.domain().equals(node.domain());
            throw new GraphException(node, itself ? e.reason() : "cannot be differentiated: " + e.getMessage());
        }
    }

    /** By output, of the output's shape; null where there is none. */
    private List<Value> gradients(Node node) {
        return node.outputs().stream().map(this::full).toList();
    }

    private List<Value> wanted(Node node) {
        return node.reads().stream().filter(active::contains).toList();
    }

    private void give(Map<Value, Value> gradients) {
        gradients.forEach((read, gradient) -> give(read, new Gradient(gradient, true)));
    }

    /** A rule that ignores the gradient of an output would give wrong results. */
    private void requireHandled(Node node, GradientRule.Derivative rule) {
        for (int i = 0; i < node.outputs().size(); i++) {
            boolean given = node.output(i) != null && pending.containsKey(node.output(i));
            if (given && i >= rule.outputs()) {
                throw new GraphException(
                        node,
                        "has no gradient with respect to its output " + i + " ("
                                + node.output(i).name() + "); only "
                                + (rule.outputs() == 1
                                        ? "the first output has"
                                        : "the first " + rule.outputs() + " have")
                                + " one");
            }
        }
    }

    private void apply(Node node, GradientRule.Derivative rule) {
        boolean[] wanted = new boolean[node.inputs().size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = node.input(i) != null && active.contains(node.input(i));
        }
        boolean asIs = rule.extent() == Extent.ELEMENTWISE && keepsShape(node, wanted);
        Gradient first = asIs ? total(node.output()) : null;
        List<Value> dy = new ArrayList<>();
        for (Value output : node.outputs()) {
            dy.add(asIs && output == node.output() ? first.value() : full(output));
        }
        Value[] gradients = rule.joint().gradients(o, node, dy, wanted);
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i]) {
                continue;
            }
            Value input = node.input(i);
            Value gradient = gradients[i];
            if (gradient == null) {
                throw new GraphException(
                        node,
                        "has no gradient with respect to its input " + i + " (" + input.name() + ")"
                                + (input.producer() == null
                                        ? ""
                                        : ", that " + input.producer().label() + " computes"));
            }
            boolean broadcast = rule.extent() == Extent.BROADCAST || rule.extent() == Extent.ELEMENTWISE;
            if (broadcast && !asIs) {
                gradient = Broadcast.reduceTo(o, gradient, input);
            }
            boolean full = rule.extent() != Extent.COMPACT && (!asIs || first.full());
            if (full && gradient.producer() != null && gradient.shape() == null) {
                gradient.setShape(input.shape());
            }
            if (gradient.type() == null && gradient.producer() != null) {
                gradient.setType(input.type());
            }
            give(input, new Gradient(gradient, full));
        }
    }

    /**
     * Whether no wanted input was broadcast, so that a gradient which broadcasts to the output's shape is sufficient.
     */
    private static boolean keepsShape(Node node, boolean[] wanted) {
        Shape shape = node.output().shape();
        if (wanted.length == 1) {
            return true;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] && (shape == null || !shape.equals(node.input(i).shape()))) {
                return false;
            }
        }
        return true;
    }

    private void give(Value value, Gradient gradient) {
        pending.computeIfAbsent(value, k -> new ArrayList<>()).add(gradient);
    }

    /** The sum of the gradients accumulated at a value, or null. */
    private Gradient total(Value value) {
        List<Gradient> parts = pending.get(value);
        if (parts == null) {
            return null;
        }
        Gradient sum = parts.get(0);
        for (Gradient part : parts.subList(1, parts.size())) {
            sum = new Gradient(o.add(sum.value(), part.value()), sum.full() || part.full());
        }
        pending.put(value, new ArrayList<>(List.of(sum)));
        return sum;
    }

    /** The sum of the gradients accumulated at a value, expanded to its shape, or null. */
    private Value full(Value value) {
        Gradient gradient = value == null ? null : total(value);
        if (gradient == null || gradient.full()) {
            return gradient == null ? null : gradient.value();
        }
        Value expanded = o.expandLike(gradient.value(), value);
        pending.put(value, new ArrayList<>(List.of(new Gradient(expanded, true))));
        return expanded;
    }

    /** A tensor of the type and shape of {@code like}, filled with one value. */
    static Value filledLike(Ops o, Value like, double value) {
        ElementType type = like.type() == null ? ElementType.FLOAT : like.type();
        if (like.shape() != null && like.shape().rank() == 0) {
            return o.constant(Tensor.filled(type, value));
        }
        return o.op("ConstantOfShape", Map.of("value", Tensor.filled(type, value, 1)), o.shapeOf(like));
    }
}
