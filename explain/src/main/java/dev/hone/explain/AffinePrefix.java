package dev.hone.explain;

import dev.hone.graph.Node;
import dev.hone.graph.Use;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;

/**
 * The part of a model in front of its first operator that is not affine, such as the first convolution with the
 * normalization of pixels. For an affine P and points on a line
 *
 * <pre>P(b + alpha (z - b)) = P(b) + alpha (P(z) - P(b))</pre>
 *
 * so that P is computed once per image and once per baseline, not once per point, and gradients behind it may be summed
 * before they are taken back through it. First convolutions work on the most pixels, and their gradient is among the
 * slowest: a tenth to a fifth of the time of common networks.
 */
final class AffinePrefix {
    private AffinePrefix() {}

    /** The value at the end of the affine part that starts at an input; the input itself where there is none. */
    static Value end(Value input) {
        Value end = input;
        boolean worth = false;
        while (end.uses().size() == 1 && !end.isOutput()) {
            Use use = end.uses().iterator().next();
            if (use.node().graph() != end.graph()
                    || !isAffine(use.node(), use.index())
                    || !sameBatch(end, use.node().output())) {
                break;
            }
            end = use.node().output();
            worth |= !OperatorTraits.is(use.node(), Fact.SHIFT);
        }
        // A shift alone, such as by a Transformer's positions, has the gradient 1: nothing would be saved.
        // Without anything that is not affine behind it, there would be nothing left to differentiate.
        return end.isOutput() || !worth ? input : end;
    }

    /** Whether the output is an affine function of one input, the others being constants. */
    private static boolean isAffine(Node node, int index) {
        for (int i = 0; i < node.inputs().size(); i++) {
            if (i != index && node.input(i) != null && !node.input(i).isConstant()) {
                return false;
            }
        }
        if (!node.domain().isEmpty()) {
            return false;
        }
        OperatorTraits traits = OperatorTraits.of(node);
        return traits.is(Fact.SHIFT)
                || traits.is(Fact.SCALE) && (index == 0 || traits.is(Fact.COMMUTES))
                || traits.is(Fact.LINEAR) && index == 0;
    }

    private static boolean sameBatch(Value from, Value to) {
        return to.shape() != null
                && to.shape().rank() == from.shape().rank()
                && to.shape().dim(0).equals(from.shape().dim(0));
    }
}
