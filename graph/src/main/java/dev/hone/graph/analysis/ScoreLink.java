package dev.hone.graph.analysis;

import dev.hone.core.ElementType;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;

/**
 * The operator at the end of a classifier that makes probabilities, or their logarithms, of logits: Softmax, LogSoftmax,
 * Sigmoid or Hardmax, perhaps followed by changes of shape, casts between floats, Dropout, rounding and
 * a Clip that lets all probabilities pass.
 *
 * @param node the operator
 * @param overClasses whether it works over the classes; a Softmax may also work over another axis
 * @param rounded whether its result is quantized behind it
 */
public record ScoreLink(Node node, boolean overClasses, boolean rounded) {
    /** How far into the range of probabilities a Clip may reach. */
    private static final double NEXT_TO_NOTHING = 1e-3;

    /** Finds it behind an output; null where the output ends in something else. Shapes should be inferred. */
    public static ScoreLink behind(Value output) {
        Value at = output;
        boolean rounded = false;
        double low = Double.NEGATIVE_INFINITY;
        double high = Double.POSITIVE_INFINITY;
        while (at.producer() != null && at.producer().domain().isEmpty()) {
            Node node = at.producer();
            if (OperatorTraits.is(node, Fact.LINK) || node.is("Hardmax")) {
                double least = node.is("LogSoftmax") ? Math.log(NEXT_TO_NOTHING) : NEXT_TO_NOTHING;
                double most = node.is("LogSoftmax") ? -NEXT_TO_NOTHING : 1 - NEXT_TO_NOTHING;
                return low <= least && high >= most ? new ScoreLink(node, isOverClasses(node, output), rounded) : null;
            }
            if (node.is("Clip")) {
                low = Math.max(low, bound(node, 1, Double.NEGATIVE_INFINITY));
                high = Math.min(high, bound(node, 2, Double.POSITIVE_INFINITY));
            } else if (!passes(node, at)) {
                return null;
            }
            rounded |= OperatorTraits.is(node, Fact.QUANTIZATION);
            at = node.input(0);
        }
        return null;
    }

    /** What goes in: the logits, before a rounding to half precision where there is one. */
    public Value logits() {
        Value logits = node.input(0);
        Node cast = logits.producer();
        return cast != null && cast.is("Cast") && cast.input(0).type() == ElementType.FLOAT ? cast.input(0) : logits;
    }

    /** A bound of a Clip, NaN where it is not constant. */
    private static double bound(Node clip, int index, double none) {
        Value bound = index < clip.inputs().size() ? clip.input(index) : null;
        if (bound == null) {
            return none;
        }
        return bound.constant() == null || bound.type() != ElementType.FLOAT
                ? Double.NaN
                : bound.constant().floats()[0];
    }

    private static boolean passes(Node node, Value at) {
        if (node.is("Cast")) {
            ElementType from = node.input(0).type();
            return from != null
                    && from.isFloat()
                    && at.type() != null
                    && at.type().isFloat();
        }
        return at == node.output(0)
                && (OperatorTraits.is(node, Fact.VIEW)
                        || OperatorTraits.is(node, Fact.QUANTIZATION)
                                && (node.is("QuantizeLinear") || node.is("DequantizeLinear"))
                        || node.is("Transpose") && node.has("perm") && node.intsAttribute("perm")[0] == 0);
    }

    private static boolean isOverClasses(Node node, Value output) {
        if (node.is("Sigmoid")) {
            return true;
        }
        Shape shape = node.output().shape();
        long axis = node.intAttribute("axis", -1);
        if (shape == null) {
            return axis == -1 || axis == 1;
        }
        int at = Math.floorMod((int) axis, Math.max(1, shape.rank()));
        int classes = ScoreOutput.classes(output);
        return at > 0
                && !shape.dim(at).is(1)
                && (classes == 0 || !shape.dim(at).isConstant() || shape.dim(at).is(classes));
    }
}
