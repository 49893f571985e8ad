package dev.hone.train.head;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.Passes;
import dev.hone.train.network.Networks;
import java.util.Map;

/** Puts feature network, projection and head together: one model from pixels to probabilities. */
public final class HeadModel {
    private HeadModel() {}

    /**
     * Input {@link Networks#INPUT}, outputs {@link Networks#LOGITS} and {@link Networks#PROBABILITIES}, as of the models of
     * {@link Networks}. The arguments are left as they are.
     */
    public static Model of(FeatureModel features, Projection projection, Head head) {
        Model copy = features.model().copy();
        Graph graph = copy.graph();
        Value vector = graph.outputs().get(0);
        graph.removeOutput(0);
        Ops o = new Ops(graph);
        Value logits = head.append(o, projection, vector);
        logits.setName(Networks.LOGITS);
        graph.addOutput(logits);
        Value probabilities = o.op("Softmax", Map.of("axis", -1), logits);
        probabilities.setName(Networks.PROBABILITIES);
        graph.addOutput(probabilities);
        graph.inputs().get(0).setName(Networks.INPUT);
        Passes.standard().run(copy);
        graph.uniqueNames();
        return copy;
    }
}
