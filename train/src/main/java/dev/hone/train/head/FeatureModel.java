package dev.hone.train.head;

import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.rewrite.Passes;
import java.util.List;

/**
 * A model from pixels to one feature vector per image.
 *
 * @param model one input, images [N,C,H,W] of 0 to 255; one output, {@link #FEATURES} [N,F] of float32
 * @param form how its feature maps were pooled
 */
public record FeatureModel(Model model, FeatureForm form) {
    public static final String FEATURES = "features";

    /**
     * Pools the feature maps of a network. The network itself is left as it is.
     *
     * @param network one input, images [N,C,H,W] of 0 to 255; its outputs are feature maps [N,C,H,W]
     * @throws HoneException if an output is no feature map
     */
    public static FeatureModel of(Model network, FeatureForm form) {
        Model copy = network.copy();
        Graph graph = copy.graph();
        List<Value> maps = List.copyOf(graph.outputs());
        if (maps.isEmpty()) {
            throw new HoneException("the network has no outputs, expected feature maps [N,C,H,W]");
        }
        for (Value map : maps) {
            if (map.shape() == null
                    || map.shape().rank() != 4
                    || !map.shape().dim(1).isConstant()) {
                throw new HoneException(
                        "the network's output " + map + " is no feature map, expected [N,C,H,W] with known C");
            }
        }
        Value features = form.apply(new Ops(graph), maps);
        while (!graph.outputs().isEmpty()) {
            graph.removeOutput(0);
        }
        features.setName(graph.find(FEATURES) == null ? FEATURES : graph.freshName(FEATURES));
        graph.addOutput(features);
        Passes.standard().run(copy);
        return new FeatureModel(copy, form);
    }

    /** The model's output. */
    Value output() {
        return model.graph().outputs().get(0);
    }

    /** The number of features F. */
    public int width() {
        return (int) output().shape().size(1);
    }

    /** The model as a file. */
    byte[] bytes() {
        return OnnxWriter.toBytes(model);
    }
}
