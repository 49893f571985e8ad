package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.HashSet;
import java.util.Set;

/** Finds the value inside a model that a method looks at. */
final class Layers {
    /** What makes another thing of feature maps than feature maps. */
    private static final Set<String> ENDS =
            Set.of("Reshape", "Transpose", "Flatten", "MatMul", "Gemm", "Softmax", "Einsum", "Shape");

    private Layers() {}

    /**
     * @param name of a value or of the node whose first output it is
     * @throws GraphException if there is none, or it is no output of a node
     */
    static Value named(Graph graph, String name) {
        Value found = null;
        for (Node node : graph.nodes()) {
            if (node.name().equals(name)
                    || node.outputs().stream()
                            .anyMatch(v -> v != null && v.name().equals(name))) {
                found = node.name().equals(name) ? node.output(0) : graph.find(name);
                break;
            }
        }
        if (found == null) {
            throw new GraphException(
                    "no node or value of the model is named '" + name + "'; viewers of ONNX files list them");
        }
        if (found.shape() == null || found.shape().rank() < 2) {
            throw new GraphException("layer '" + name + "' is " + found + ", expected [N,...]");
        }
        return found;
    }

    /** The last feature maps [N,C,H,W] of more than one pixel: a convolution's output, or what was made of it. */
    static Value lastFeatureMaps(Graph graph) {
        Set<Value> maps = new HashSet<>();
        Value last = null;
        for (Node node : graph.nodes()) {
            boolean ends = !node.op().equals("Conv")
                    && (ENDS.contains(node.op()) || node.inputs().stream().noneMatch(maps::contains));
            Value output = node.outputs().isEmpty() ? null : node.output(0);
            if (ends
                    || output == null
                    || output.shape() == null
                    || output.shape().rank() != 4) {
                continue;
            }
            boolean sized =
                    output.shape().dim(2).isConstant() && output.shape().dim(3).isConstant();
            if (sized && output.shape().size(2) * output.shape().size(3) > 1) {
                maps.add(output);
                last = output;
            }
        }
        if (last == null) {
            throw new GraphException("the model has no convolution with feature maps [N,C,H,W] of more than one pixel,"
                    + " which Grad-CAM needs; name a layer, or take another method");
        }
        return last;
    }
}
