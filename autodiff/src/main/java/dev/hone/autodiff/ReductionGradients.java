package dev.hone.autodiff;

import static dev.hone.autodiff.Expressions.indicator;
import static dev.hone.autodiff.Expressions.where;
import static dev.hone.autodiff.Expressions.x;
import static dev.hone.autodiff.Expressions.y;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;

/** Reductions: sums, means, norms and extrema over axes. */
final class ReductionGradients {
    private ReductionGradients() {}

    static void add(GradientRules r) {
        r.compact("ReduceSum", ReductionGradients::kept);
        r.compact("ReduceMean", (o, n, dy) -> o.div(kept(o, n, dy), Expressions.ratio(o, x(n), y(n))));
        r.same("ReduceL1", (o, n, dy) -> o.mul(kept(o, n, dy), o.op("Sign", x(n))));
        // The subgradient of the norm of a zero vector is 0.
        r.same("ReduceL2", (o, n, dy) -> {
            Value norm = kept(o, n, y(n));
            Value isZero = o.op("Equal", norm, o.constantLike(norm, 0));
            return o.mul(o.div(kept(o, n, dy), where(o, isZero, o.constantLike(norm, 1), norm)), x(n));
        });
        r.same("ReduceSumSquare", (o, n, dy) -> o.mul(o.mul(kept(o, n, dy), 2), x(n)));
        r.compact("ReduceLogSum", (o, n, dy) -> o.div(kept(o, n, dy), o.op("Exp", kept(o, n, y(n)))));
        r.same("ReduceLogSumExp", (o, n, dy) -> {
            return o.mul(kept(o, n, dy), o.op("Exp", o.sub(x(n), kept(o, n, y(n)))));
        });
        r.same("ReduceMax", ReductionGradients::extremum);
        r.same("ReduceMin", ReductionGradients::extremum);
        r.same("ReduceProd", ReductionGradients::product);
        r.same("CumSum", (o, n, dy) -> {
            Map<String, Object> flipped =
                    Map.of("exclusive", n.intAttribute("exclusive", 0), "reverse", 1 - n.intAttribute("reverse", 0));
            return o.op("CumSum", flipped, dy, n.input(1));
        });
    }

    /** Restores the reduced axes with extent 1, so that a reduced value broadcasts to the input. */
    private static Value kept(Ops o, Node n, Value reduced) {
        Value axes = n.input(1);
        boolean all =
                axes == null || (axes.elements() != null && axes.elements().isEmpty());
        if (n.intAttribute("keepdims", 1) != 0 || all) {
            return reduced;
        }
        return o.op("Unsqueeze", reduced, axes);
    }

    /** Reduces a value of the input's shape like the node, keeping the axes. */
    private static Value reduce(Ops o, Node n, String op, Value a) {
        long noop = n.intAttribute("noop_with_empty_axes", 0);
        return o.op(op, Map.of("keepdims", 1, "noop_with_empty_axes", noop), a, n.input(1));
    }

    /** Tied elements share the gradient equally. */
    private static Value extremum(Ops o, Node n, Value dy) {
        Value hit = indicator(o, o.op("Equal", x(n), kept(o, n, y(n))), dy);
        return o.mul(hit, o.div(kept(o, n, dy), reduce(o, n, "ReduceSum", hit)));
    }

    /** The product of the other elements: the product divided by the element, but exact if elements are 0. */
    private static Value product(Ops o, Node n, Value dy) {
        Value isZero = o.op("Equal", x(n), o.constantLike(x(n), 0));
        Value zeros = reduce(o, n, "ReduceSum", indicator(o, isZero, dy));
        Value safe = where(o, isZero, o.constantLike(dy, 1), x(n));
        Value product = reduce(o, n, "ReduceProd", safe);
        Value none = o.constantLike(dy, 0);
        Value ifOneZero = where(o, o.op("Equal", zeros, o.constantLike(dy, 1)), product, none);
        Value ifNoZero = where(o, o.op("Equal", zeros, none), o.div(product, safe), none);
        return o.mul(kept(o, n, dy), where(o, isZero, ifOneZero, ifNoZero));
    }
}
