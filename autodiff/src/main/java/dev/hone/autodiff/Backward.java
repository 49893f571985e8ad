package dev.hone.autodiff;

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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation of a graph: appends the nodes that compute gradients, as ordinary ONNX operators.
 *
 * <p>Visits only the nodes on a path from {@code wrt} to the outputs. Gradients are summed where a value has several
 * uses, and reduced where an input was broadcast. Shapes known at build time become constants; dynamic dimensions are
 * read at run time. The added nodes can be differentiated again. Higher derivatives with respect to an initializer
 * require making it an input first, since initializers may be rearranged at build time.
 */
public final class Backward {
    private final Ops o;
    private final Set<Value> active = new HashSet<>();
    private final Map<Value, List<Value>> pending = new HashMap<>();

    private Backward(Graph graph) {
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
     * @param outputGradients gradient by output, each of the output's type and shape
     * @return by value of {@code wrt}, a value of the same type and shape; zeros where no output depends on it
     * @throws GraphException naming the node, if an operator on the path has no gradient
     */
    public static Map<Value, Value> gradients(Graph graph, Map<Value, Value> outputGradients, List<Value> wrt) {
        return new Backward(graph).run(graph, outputGradients, wrt);
    }

    private Map<Value, Value> run(Graph graph, Map<Value, Value> outputGradients, List<Value> wrt) {
        List<Node> nodes = graph.ancestors(outputGradients.keySet());
        active.addAll(wrt);
        for (Node node : nodes) {
            if (node.inputs().stream().anyMatch(active::contains)
                    && !(Gradients.of(node) instanceof GradientRule.Zero)) {
                node.outputs().stream().filter(Backward::carriesGradient).forEach(active::add);
            }
        }
        outputGradients.forEach(this::give);
        for (int i = nodes.size() - 1; i >= 0; i--) {
            visit(nodes.get(i));
        }
        Map<Value, Value> result = new LinkedHashMap<>();
        for (Value value : wrt) {
            Value gradient = total(value);
            result.put(value, gradient == null ? filledLike(o, value, 0) : expand(gradient, value));
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
        boolean[] wanted = new boolean[node.inputs().size()];
        boolean any = false;
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = node.input(i) != null && active.contains(node.input(i));
            any |= wanted[i];
        }
        if (!any || node.outputs().stream().noneMatch(y -> y != null && pending.containsKey(y))) {
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
            apply(node, derivative, wanted);
        } else if (rule instanceof GradientRule.Expanded expanded) {
            expand(node, expanded);
        }
    }

    private void expand(Node node, GradientRule.Expanded rule) {
        List<Value> dy = new ArrayList<>();
        for (Value output : node.outputs()) {
            Value gradient = output == null ? null : total(output);
            dy.add(gradient == null ? null : expand(gradient, output));
        }
        Set<Value> wanted = new LinkedHashSet<>(node.inputs());
        wanted.retainAll(active);
        ExpandedGradients.gradients(o, node, rule.expansion(), dy, wanted).forEach(this::give);
    }

    private void apply(Node node, GradientRule.Derivative rule, boolean[] wanted) {
        boolean asIs = rule.extent() == GradientRule.Extent.BROADCAST && keepsShape(node, wanted);
        List<Value> dy = new ArrayList<>();
        for (Value output : node.outputs()) {
            Value gradient = output == null ? null : total(output);
            dy.add(gradient == null || asIs ? gradient : expand(gradient, output));
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
            if (rule.extent() == GradientRule.Extent.BROADCAST && !asIs) {
                gradient = Broadcast.reduceTo(o, gradient, input);
            } else if (rule.extent() == GradientRule.Extent.SAME
                    && gradient.producer() != null
                    && gradient.shape() == null) {
                gradient.setShape(input.shape());
            }
            if (gradient.type() == null && gradient.producer() != null) {
                gradient.setType(input.type());
            }
            give(input, gradient);
        }
    }

    /**
     * Whether no wanted input was broadcast, so that a gradient which broadcasts to the output's shape is sufficient.
     */
    private static boolean keepsShape(Node node, boolean[] wanted) {
        Shape shape = node.output().shape();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] && (shape == null || !shape.equals(node.input(i).shape()))) {
                return false;
            }
        }
        return true;
    }

    private void give(Value value, Value gradient) {
        pending.computeIfAbsent(value, k -> new ArrayList<>()).add(gradient);
    }

    /** The sum of the gradients accumulated at a value, or null. */
    private Value total(Value value) {
        List<Value> parts = pending.get(value);
        if (parts == null) {
            return null;
        }
        if (parts.size() > 1) {
            Value sum = parts.get(0);
            for (Value part : parts.subList(1, parts.size())) {
                sum = o.add(sum, part);
            }
            pending.put(value, new ArrayList<>(List.of(sum)));
        }
        return pending.get(value).get(0);
    }

    private Value expand(Value gradient, Value like) {
        if (gradient.shape() == null || Broadcast.sameShape(gradient, like)) {
            return gradient;
        }
        return o.expandLike(gradient, like);
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
