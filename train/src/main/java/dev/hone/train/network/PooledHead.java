package dev.hone.train.network;

import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.util.List;
import java.util.Map;

/**
 * Makes a classifier out of a network whose outputs are feature maps: the mean of each channel of each map, batch
 * normalization, which brings maps of different layers to one scale, and a linear layer.
 */
public final class PooledHead {
    private PooledHead() {}

    /**
     * A copy of the trunk with a fresh head; its outputs are those that {@link Networks} gives its models.
     *
     * @param trunk its outputs are maps [N,C,H,W], the number of channels known
     * @param seed of the head's weights
     * @throws HoneException if an output is no map
     */
    public static Model on(Model trunk, int classes, long seed) {
        Model model = trunk.copy();
        Graph graph = model.graph();
        List<Value> maps = List.copyOf(graph.outputs());
        for (Value map : maps) {
            Shape shape = map.shape();
            if (shape == null || shape.rank() != 4 || !shape.dim(1).isConstant()) {
                throw new HoneException("output " + map + " is no feature map [N,C,H,W]");
            }
            graph.removeOutput(0);
        }
        Layers layers = new Layers(graph, seed);
        List<Value> vectors = maps.stream().map(layers::averageVector).toList();
        Value features = layers.ops().op("Concat", Map.of("axis", 1), vectors.toArray(Value[]::new));
        Value normalized = layers.batchNorm(features, "head.norm");
        Networks.finish(layers, layers.linear(normalized, "head", Layers.channels(features), classes));
        return model;
    }
}
