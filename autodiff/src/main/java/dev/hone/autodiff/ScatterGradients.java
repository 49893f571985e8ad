package dev.hone.autodiff;

import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;
import java.util.Map;

/**
 * {@code ScatterElements} and {@code ScatterND}: y is the data x, with updates u that replace its elements, or are added,
 * multiplied, or compared with them. Several updates may meet at one place unless they replace. Indices have no gradient.
 */
final class ScatterGradients {
    private final Ops o;
    private final Node n;
    private final Value dy;
    private final boolean[] wanted;
    private final Value[] gradients;

    private ScatterGradients(Ops o, Node n, Value dy, boolean[] wanted) {
        this.o = o;
        this.n = n;
        this.dy = dy;
        this.wanted = wanted;
        this.gradients = new Value[wanted.length];
    }

    static void add(GradientRules r) {
        r.joint("ScatterElements", ScatterGradients::gradients);
        r.joint("ScatterND", ScatterGradients::gradients);
    }

    private static Value[] gradients(Ops o, Node n, List<Value> dy, boolean[] wanted) {
        ScatterGradients rule = new ScatterGradients(o, n, dy.get(0), wanted);
        String reduction = n.stringAttribute("reduction", "none");
        switch (reduction) {
            case "none" -> rule.replaced();
            case "add" -> rule.added();
            case "mul" -> rule.multiplied();
            case "max", "min" -> rule.chosen();
            default -> throw new GraphException(n, "has no gradient with reduction " + reduction);
        }
        return rule.gradients;
    }

    private void replaced() {
        gradients[0] = wanted[0] ? scatter(dy, DataMovement.zerosLike(o, n.input(2)), "none") : null;
        gradients[2] = wanted[2] ? gather(dy) : null;
    }

    private void added() {
        gradients[0] = wanted[0] ? dy : null;
        gradients[2] = wanted[2] ? gather(dy) : null;
    }

    /**
     * Each factor's gradient has the product of the others, also where some are zero:
     *
     * <pre>
     * p = product of the updates that are not zero, z = number of those that are
     * dx   = dy (p where z = 0, else 0)
     * du_j = dy x (p / u_j where z = 0; p where u_j alone is zero; else 0)
     * </pre>
     */
    private void multiplied() {
        Value x = n.input(0);
        Value u = n.input(2);
        Value isZero = o.op("Equal", u, o.constantLike(u, 0));
        Value safe = o.op("Where", isZero, o.constantLike(u, 1), u);
        Value products = scatter(Backward.filledLike(o, x, 1), safe, "mul");
        Value zeros = scatter(DataMovement.zerosLike(o, x), o.cast(isZero, Expressions.type(u)), "add");
        Value none = o.op("Less", zeros, o.constantLike(x, 0.5));
        gradients[0] = wanted[0] ? o.mul(dy, o.op("Where", none, products, o.constantLike(x, 0))) : null;
        if (wanted[2]) {
            Value others = o.sub(gather(zeros), o.cast(isZero, Expressions.type(u)));
            Value alone = o.op("Less", others, o.constantLike(u, 0.5));
            Value product = o.op("Where", alone, o.div(gather(products), safe), o.constantLike(u, 0));
            gradients[2] = o.mul(gather(o.mul(dy, x)), product);
        }
    }

    /** What equals the result shares the gradient equally. */
    private void chosen() {
        Value hitData = hits(n.input(0), n.output());
        Value hitUpdates = hits(n.input(2), gather(n.output()));
        Value share = o.div(dy, scatter(hitData, hitUpdates, "add"));
        gradients[0] = wanted[0] ? o.mul(share, hitData) : null;
        gradients[2] = wanted[2] ? o.mul(gather(share), hitUpdates) : null;
    }

    private Value hits(Value a, Value result) {
        return o.cast(o.op("Equal", a, result), Expressions.type(a));
    }

    private Value scatter(Value data, Value updates, String reduction) {
        Map<String, Object> attributes = n.is("ScatterND")
                ? Map.of("reduction", reduction)
                : Map.of("reduction", reduction, "axis", n.intAttribute("axis", 0));
        return o.op(n.op(), attributes, data, n.input(1), updates);
    }

    /** The elements at the places of the updates. */
    private Value gather(Value a) {
        return n.is("ScatterND")
                ? o.op("GatherND", a, n.input(1))
                : o.op("GatherElements", Map.of("axis", n.intAttribute("axis", 0)), a, n.input(1));
    }
}
