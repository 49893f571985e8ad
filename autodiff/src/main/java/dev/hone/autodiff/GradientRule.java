package dev.hone.autodiff;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;

/** What the table of {@link Gradients} says about one operator. */
sealed interface GradientRule {

    /** How the gradients that a rule returns relate to the inputs they belong to; {@link Backward} does the rest. */
    enum Extent {
        /** The shape is the input's. */
        SAME,
        /** The shape is that of the output, to which inputs were broadcast: the walker sums over what was broadcast. */
        BROADCAST,
        /** The shape broadcasts to the input's: the walker expands it where the next rule needs that. */
        COMPACT
    }

    /** The gradients of a node's inputs. */
    record Derivative(Extent extent, Joint joint) implements GradientRule {}

    /** Zero wherever the derivative exists, as of rounding or comparing: gradients stop here. */
    record Zero() implements GradientRule {}

    /** Differentiation through this operator is refused. */
    record None(String reason) implements GradientRule {}

    /** The gradient of one input of a node with a single output; null if that input has no gradient. */
    @FunctionalInterface
    interface Single {
        Value gradient(Ops o, Node n, Value dy);
    }

    /** The gradient of the {@code i}-th input of an operator that takes any number of them. */
    @FunctionalInterface
    interface Indexed {
        Value gradient(Ops o, Node n, Value dy, int i);
    }

    /** All gradients at once, for several outputs or shared work. */
    @FunctionalInterface
    interface Joint {
        /**
         * @param dy gradient by output, null where none arrives
         * @param wanted which inputs need a gradient
         * @return gradient by input, null where it is not wanted or does not exist
         */
        Value[] gradients(Ops o, Node n, List<Value> dy, boolean[] wanted);
    }
}
