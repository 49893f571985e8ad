package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators with bodies: inference runs through the bodies, and their outputs become the node's. */
final class ControlFlowShapes {
    private ControlFlowShapes() {}

    static void register(Map<String, ShapeRule> table) {
        table.put("If", ControlFlowShapes::branches);
        table.put("Loop", ControlFlowShapes::loop);
        table.put("Scan", ControlFlowShapes::scan);
    }

    private static Graph body(ShapeContext n, String attribute) {
        if (n.node().attribute(attribute) instanceof Attribute.GraphValue graph) {
            return graph.value();
        }
        throw n.error("attribute " + attribute + " with a graph is missing");
    }

    /** What holds for either branch. */
    private static void branches(ShapeContext n) {
        Graph then = body(n, "then_branch");
        Graph otherwise = body(n, "else_branch");
        boolean thenFits = infer(then);
        boolean otherwiseFits = infer(otherwise);
        int count = n.node().outputs().size();
        if (then.outputs().size() != count || otherwise.outputs().size() != count) {
            throw n.error("the branches have " + then.outputs().size() + " and "
                    + otherwise.outputs().size() + " outputs, the node has " + count);
        }
        for (int i = 0; i < count; i++) {
            Value a = then.outputs().get(i);
            Value b = otherwise.outputs().get(i);
            if (!thenFits || !otherwiseFits) {
                // Exporters leave branches that are never taken with shapes that do not fit.
                n.outputType(i, (thenFits ? a : b).type());
                continue;
            }
            if (a.type() != null && b.type() != null && a.type() != b.type()) {
                throw n.error("output " + i + " is " + a.type() + " in one branch, " + b.type() + " in the other");
            }
            n.outputType(i, a.type() != null ? a.type() : b.type());
            n.output(i, common(a.shape(), b.shape()));
        }
    }

    private static boolean infer(Graph branch) {
        try {
            ShapeInference.run(branch);
            return true;
        } catch (GraphException e) {
            return false;
        }
    }

    private static Shape common(Shape a, Shape b) {
        if (a == null || b == null || a.rank() != b.rank()) {
            return null;
        }
        Shape result = a;
        for (int i = 0; i < a.rank(); i++) {
            if (!a.dim(i).equals(b.dim(i))) {
                result = result.with(i, Dim.unknown());
            }
        }
        return result;
    }

    /**
     * Body inputs: iteration, condition, state. Its outputs: condition, state, then one slice per iteration of each scan
     * output. The state's shape is that which an iteration does not change.
     */
    private static void loop(ShapeContext n) {
        Graph body = body(n, "body");
        int states = Math.max(0, n.node().inputs().size() - 2);
        if (body.inputs().size() != states + 2
                || body.outputs().size() != n.node().outputs().size() + 1) {
            throw n.error("the body has " + body.inputs().size() + " inputs and "
                    + body.outputs().size() + " outputs, expected " + (states + 2) + " and "
                    + (n.node().outputs().size() + 1));
        }
        body.inputs().get(0).setType(ElementType.INT64).setShape(Shape.SCALAR);
        body.inputs().get(1).setType(ElementType.BOOL).setShape(Shape.SCALAR);
        for (int i = 0; i < states; i++) {
            start(n.node().input(i + 2), body.inputs().get(i + 2));
        }
        settle(body, 2, 1, states);
        for (int i = 0; i < n.node().outputs().size(); i++) {
            Value result = body.outputs().get(i + 1);
            n.outputType(i, result.type());
            n.output(i, i < states ? body.inputs().get(i + 2).shape() : stacked(result.shape(), 0, Dim.unknown()));
        }
    }

    /** Body inputs: state, then slices of the scanned inputs. Its outputs: state, then slices of the scan outputs. */
    private static void scan(ShapeContext n) {
        Graph body = body(n, "body");
        int scanned = (int) n.attribute("num_scan_inputs", 0);
        int states = n.node().inputs().size() - scanned;
        if (states < 0 || body.inputs().size() != n.node().inputs().size()) {
            throw n.error("the body has " + body.inputs().size() + " inputs, the node has "
                    + n.node().inputs().size() + ", of which " + scanned + " are scanned");
        }
        for (int i = 0; i < states; i++) {
            start(n.node().input(i), body.inputs().get(i));
        }
        long[] inAxes = n.attributes("scan_input_axes", scanned, 0);
        Dim length = Dim.unknown();
        for (int i = 0; i < scanned; i++) {
            Shape x = n.shape(states + i);
            Value slice = body.inputs().get(states + i);
            if (n.type(states + i) != null) {
                slice.setType(n.type(states + i));
            }
            if (x != null) {
                int axis = n.axis(inAxes[i], x.rank());
                length = n.same(length, x.dim(axis), "length of the scanned inputs");
                List<Dim> dims = new ArrayList<>(x.dims());
                dims.remove(axis);
                slice.setShape(new Shape(dims));
            }
        }
        settle(body, 0, 0, states);
        int outputs = n.node().outputs().size();
        long[] outAxes = n.attributes("scan_output_axes", outputs - states, 0);
        for (int i = 0; i < outputs; i++) {
            Value result = body.outputs().get(i);
            n.outputType(i, result.type());
            if (i < states) {
                n.output(i, body.inputs().get(i).shape());
            } else if (result.shape() != null) {
                int axis = n.axis(outAxes[i - states], result.shape().rank() + 1);
                n.output(i, stacked(result.shape(), axis, length));
            }
        }
    }

    /** What is not known of the initial value stays as the file declares it of the state. */
    private static void start(Value initial, Value state) {
        if (initial == null) {
            return;
        }
        if (initial.type() != null) {
            state.setType(initial.type());
        }
        if (initial.shape() != null) {
            state.setShape(initial.shape());
        }
        if (initial.otherType() != null) {
            state.setOtherType(initial.otherType());
        }
    }

    /** Runs through the body until the state has the same shape before and after, giving up what changes. */
    private static void settle(Graph body, int firstInput, int firstOutput, int states) {
        ShapeInference.clearInferred(body);
        ShapeInference.run(body);
        for (boolean changed = states > 0; changed; ) {
            changed = false;
            for (int i = 0; i < states; i++) {
                Value before = body.inputs().get(firstInput + i);
                Value after = body.outputs().get(firstOutput + i);
                Shape shape = common(before.shape(), after.shape());
                if (before.shape() != null && !sameButUnknown(before.shape(), shape)) {
                    before.setShape(shape);
                    changed = true;
                }
            }
            if (changed) {
                ShapeInference.clearInferred(body);
                ShapeInference.run(body);
            }
        }
    }

    /** Whether nothing was given up: each dimension is equal or was unknown before. */
    private static boolean sameButUnknown(Shape before, Shape now) {
        if (now == null) {
            return false;
        }
        for (int i = 0; i < before.rank(); i++) {
            if (!before.dim(i).isAnonymous() && !before.dim(i).equals(now.dim(i))) {
                return false;
            }
        }
        return true;
    }

    private static Shape stacked(Shape slice, int axis, Dim length) {
        if (slice == null) {
            return null;
        }
        List<Dim> dims = new ArrayList<>(slice.dims());
        dims.add(axis, length);
        return new Shape(dims);
    }
}
