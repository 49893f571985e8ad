package dev.hone.autodiff;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.expand.Expansion;
import java.util.List;
import java.util.Map;

/** The entry of one operator in the table of {@link Gradients}. */
sealed interface GradientRule {

    /** How the shapes of a rule's gradients relate to its inputs; {@link Backward} does the rest. */
    enum Extent {
        /** The shape is the input's. */
        SAME,
        /** The shape is that of the output, to which inputs were broadcast; the walker sums over the broadcast axes. */
        BROADCAST,
        /**
         * As {@link #BROADCAST}, element by element: a gradient that is constant along axes of the output and has extent 1
         * there is sufficient, and the result may be of the same kind.
         */
        ELEMENTWISE,
        /** The shape broadcasts to the input's; the walker expands it if the next rule requires that. */
        COMPACT
    }

    /**
     * The gradients of a node's inputs.
     *
     * @param outputs how many outputs, from the first on, the rule takes gradients of; the walker refuses a node that has
     *     a gradient at a later one
     */
    record Derivative(Extent extent, int outputs, Joint joint) implements GradientRule {}

    /** The gradients of all that a node with subgraphs reads, captured values included. */
    record Body(Reading rule) implements GradientRule {}

    /**
     * The gradient of the operator's expansion into simpler operators; all outputs have one.
     *
     * @param inputs how many inputs, from the first on, have a gradient; later ones count as constants
     */
    record Expanded(Expansion expansion, int inputs) implements GradientRule {}

    /** The derivative is zero wherever it exists, as for rounding and comparison: gradients stop here. */
    record Zero() implements GradientRule {}

    /** The operator cannot be differentiated. */
    record None(String reason) implements GradientRule {}

    /** The gradient of one input of a node with a single output; null if that input has no gradient. */
    @FunctionalInterface
    interface Single {
        Value gradient(Ops o, Node n, Value dy);
    }

    /** The gradient of the {@code i}-th input of a variadic operator. */
    @FunctionalInterface
    interface Indexed {
        Value gradient(Ops o, Node n, Value dy, int i);
    }

    /** All gradients at once, for several outputs or shared computation. */
    @FunctionalInterface
    interface Joint {
        /**
         * @param dy gradient by output, of the output's shape, null if there is none; that of the first output is present
         *     if the rule takes only one
         * @param wanted which inputs need a gradient
         * @return gradient by input, null if it is not wanted or does not exist
         */
        Value[] gradients(Ops o, Node n, List<Value> dy, boolean[] wanted);
    }

    /** The gradients of inputs and captured values. */
    @FunctionalInterface
    interface Reading {
        /**
         * @param dy gradient by output, of the output's shape, null if there is none
         * @param wanted inputs and captured values that need a gradient
         * @return gradient by wanted value, of that value's shape
         */
        Map<Value, Value> gradients(Ops o, Node n, List<Value> dy, List<Value> wanted);
    }
}
