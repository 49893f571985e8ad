package dev.hone.graph.analysis;

import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import java.util.HashSet;
import java.util.Set;

/** Finds the feature maps [N,C,H,W] of a network of convolutions. */
public final class FeatureMaps {
    /** The rules of axes by which feature maps become something else. */
    private static final Set<String> ENDS = Set.of("reshape", "transpose", "matmul", "gemm", "einsum");

    private FeatureMaps() {}

    /**
     * The last feature maps of more than one pixel: a convolution's output, or what was made of it. Shapes have to be
     * inferred, the graph sorted.
     *
     * @return null if there are none
     */
    public static Value last(Graph graph) {
        Set<Value> maps = new HashSet<>();
        Value last = null;
        for (Node node : graph.nodes()) {
            boolean begins = isConvolution(node);
            boolean goesOn = !ends(node) && node.reads().stream().anyMatch(maps::contains);
            Value output = node.output(0);
            if ((begins || goesOn) && output != null && hasPixels(output.shape())) {
                maps.add(output);
                last = output;
            }
        }
        return last;
    }

    static boolean isConvolution(Node node) {
        OperatorTraits traits = OperatorTraits.of(node);
        return traits.is(Fact.LINEAR) && traits.axes().equals("convolution");
    }

    /** A softmax over an axis makes weights of maps. */
    private static boolean ends(Node node) {
        OperatorTraits traits = OperatorTraits.of(node);
        return ENDS.contains(traits.axes())
                || traits.is(Fact.SIZES)
                || traits.is(Fact.LINK) && !traits.is(Fact.ELEMENTWISE);
    }

    private static boolean hasPixels(Shape shape) {
        return shape != null
                && shape.rank() == 4
                && shape.dim(2).isConstant()
                && shape.dim(3).isConstant()
                && shape.size(2) * shape.size(3) > 1;
    }
}
