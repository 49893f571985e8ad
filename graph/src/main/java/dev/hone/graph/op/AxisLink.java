package dev.hone.graph.op;

/**
 * Two axes of a node's inputs and outputs whose indices belong together: who removes an index of one has to remove those of
 * the other that the map names.
 *
 * @param from an axis of an input
 * @param to an axis of an output; of another input where the link is {@link Kind#CONTRACTED}
 * @param map indices of {@code from} to indices of {@code to}
 */
public record AxisLink(Kind kind, End from, End to, IndexMap map) {
    /** How the data go along the two axes. */
    public enum Kind {
        /** What is at an index of the output comes from the indices of the input that the map names, and no others. */
        KEPT,
        /** The output has the axis too, but each index depends on all of the input's, as in a softmax over it. */
        MIXED,
        /** Both are inputs, and the axes are multiplied index by index and summed: neither is in the output. */
        CONTRACTED
    }

    /**
     * An axis of an input or an output of the node.
     *
     * @param axis from 0 on
     */
    public record End(boolean output, int index, int axis) {}
}
