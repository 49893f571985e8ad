package dev.hone.autodiff;

import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.op.ShapeInference;
import dev.hone.graph.op.ShapeRules;
import dev.hone.graph.rewrite.RemoveDeadCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The gradient of {@code Loop}: a Scan over the numbers of its steps computes the same, and is differentiated. How many
 * steps there are has no gradient. Where only the trip count says it, the Scan takes the place of the Loop; where the body
 * ends it, the Loop runs first and tells its steps.
 */
final class LoopGradients {
    private LoopGradients() {}

    /** See {@link GradientRule.Reading}. */
    static Map<Value, Value> gradients(Ops o, Node n, List<Value> dy, List<Value> wanted) {
        if (!(n.attribute("body") instanceof Attribute.GraphValue graph)) {
            throw new GraphException(n, "has no graph body");
        }
        Graph body = graph.value();
        BranchGradients.refuseRandom(body, "the body of a Loop");
        requireTensors(n, body);
        requireShapes(n, body);
        boolean counted = isCounted(n, body);
        if (counted && n.input(0).isConstant() && n.input(0).constant().scalarLong() == 0) {
            return skipped(o, n, dy, wanted);
        }
        Graph copy = body.copy();
        Node scan = scan(o, n, copy, counted ? numbers(o, n.input(0)) : told(o, n, body));
        if (counted) {
            replace(n, scan);
        }
        return ScanGradients.gradients(o, scan, dy, wanted);
    }

    private static void requireTensors(Node n, Graph body) {
        List<Value> all = new ArrayList<>(body.inputs());
        all.addAll(body.outputs());
        for (Value value : all) {
            if (value.otherType() != null) {
                throw new GraphException(
                        n,
                        "has no gradient with '" + value.name()
                                + "', which is no tensor, from step to step; collect the "
                                + "steps in an output of the loop, or unroll it");
            }
        }
    }

    /** The states of a Scan keep their shape. */
    private static void requireShapes(Node n, Graph body) {
        Graph once = body.copy();
        for (int i = 2; i < once.inputs().size(); i++) {
            once.inputs().get(i).setShape(n.input(i).shape());
        }
        ShapeInference.run(once);
        for (int i = 2; i < once.inputs().size(); i++) {
            Shape before = n.input(i).shape();
            Shape after = once.outputs().get(i - 1).shape();
            if (before != null && after != null && !mayBeEqual(before, after)) {
                throw new GraphException(
                        n,
                        "has no gradient with the state '"
                                + body.inputs().get(i).name() + "', which grows from " + before + " to " + after
                                + " in a step; collect the steps in an output of the loop, or unroll it");
            }
        }
    }

    private static boolean mayBeEqual(Shape a, Shape b) {
        boolean equal = a.rank() == b.rank();
        for (int i = 0; equal && i < a.rank(); i++) {
            Dim from = a.dim(i);
            Dim to = b.dim(i);
            equal = from.equals(to) || from.isAnonymous() || to.isAnonymous();
        }
        return equal;
    }

    /** Whether the trip count alone ends the loop: the condition is true and stays as it is. */
    private static boolean isCounted(Node n, Graph body) {
        Value go = body.outputs().get(0);
        while (go.producer() != null && go.producer().is("Identity")) {
            go = go.producer().input(0);
        }
        return n.input(0) != null
                && (n.input(1) == null || isTrue(n.input(1)))
                && (go == body.inputs().get(1) || isTrue(go));
    }

    private static boolean isTrue(Value value) {
        Tensor constant = value.constant();
        if (constant == null
                && value.producer() != null
                && value.producer().is("Constant")
                && value.producer().attribute("value") instanceof Attribute.TensorValue tensor) {
            constant = tensor.value();
        }
        return constant != null && constant.count() == 1 && constant.buffer().get(0) != 0;
    }

    /** Without any step the states come out as they went in. */
    private static Map<Value, Value> skipped(Ops o, Node n, List<Value> dy, List<Value> wanted) {
        Map<Value, Value> gradients = new LinkedHashMap<>();
        for (Value value : wanted) {
            gradients.put(value, Backward.filledLike(o, value, 0));
        }
        for (int i = 2; i < n.inputs().size(); i++) {
            if (gradients.containsKey(n.input(i)) && dy.get(i - 2) != null) {
                gradients.merge(n.input(i), dy.get(i - 2), o::add);
            }
        }
        return gradients;
    }

    private static Value numbers(Ops o, Value count) {
        return o.op("Range", o.constant(Tensor.scalar(0L)), o.reshape(count), o.constant(Tensor.scalar(1L)));
    }

    /** The numbers of its steps as a further output of the Loop. */
    private static Value told(Ops o, Node n, Graph body) {
        body.addOutput(new Ops(body).op("Identity", body.inputs().get(0)));
        Value steps = n.addOutput(o.graph().freshName("steps"));
        ShapeRules.infer(n);
        return steps;
    }

    private static Node scan(Ops o, Node n, Graph body, Value steps) {
        Value number = body.inputs().get(0);
        Value go = body.inputs().get(1);
        // A step runs only if it is true.
        go.replaceBy(new Ops(body).constant(Tensor.ofBools(new boolean[] {true})));
        List<Value> results =
                List.copyOf(body.outputs()).subList(1, body.outputs().size());
        while (!body.outputs().isEmpty()) {
            body.removeOutput(0);
        }
        results.forEach(result -> ScanBuilder.addOutput(body, result));
        body.removeInput(go);
        body.removeInput(number);
        body.addInput(number);
        List<Value> actual = new ArrayList<>(n.inputs().subList(2, n.inputs().size()));
        actual.add(steps);
        Node scan = o.graph().addNode("", "Scan", actual);
        scan.setName(n.name().isEmpty() ? "" : o.graph().freshName(n.name()));
        scan.set("body", body).set("num_scan_inputs", 1L);
        results.forEach(result -> scan.addOutput(o.graph().freshName("Scan")));
        new RemoveDeadCode().run(body);
        ShapeRules.infer(scan);
        for (int i = 0; i < results.size(); i++) {
            if (body.outputs().get(i).shape() == null) {
                throw new GraphException(
                        n,
                        "has no gradient, as the rank of its output " + i + " is not known; declare the shape of the "
                                + "model's inputs");
            }
        }
        return scan;
    }

    private static void replace(Node n, Node scan) {
        for (int i = 0; i < n.outputs().size(); i++) {
            if (n.output(i) != null) {
                for (Use use : List.copyOf(n.output(i).uses())) {
                    if (use.node() != null) {
                        use.node().setInput(use.index(), scan.output(i));
                    }
                }
            }
        }
    }
}
