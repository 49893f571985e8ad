package dev.hone.explain;

import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.FeatureMaps;

/** Finds the value inside a model that a method looks at. */
final class LayerLookup {
    private LayerLookup() {}

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

    /** The last feature maps [N,C,H,W] of more than one pixel. */
    static Value lastFeatureMaps(Graph graph) {
        Value last = FeatureMaps.last(graph);
        if (last == null) {
            throw new GraphException("the model has no convolution with feature maps [N,C,H,W] of more than one pixel,"
                    + " which Grad-CAM needs; name a layer, or take another method");
        }
        return last;
    }
}
