package dev.hone.train.backbone;

import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.rewrite.Passes;
import dev.hone.model.PretrainedWeights;
import java.util.List;

/**
 * A pretrained network without its head, brought to the images that it is to work on. It is a model like any other: one
 * input, raw pixels [N,C,H,W] with values from 0 to 255, whose normalization is inside, and feature maps as outputs, from
 * fine to coarse. Its metadata hold the {@link PretrainedWeights}, so that a model built on a copy of it has them too.
 */
public final class Backbone {
    /**
     * One output of the model, floats [N,channels,H/stride,W/stride], sizes rounded as the network does.
     *
     * @param name of the output
     */
    public record FeatureMap(String name, int channels, int stride) {}

    private final Model model;
    private final List<FeatureMap> maps;
    private final PretrainedWeights weights;

    /** @param model its outputs are the maps, in order; its input is called as {@code Networks.INPUT} says */
    Backbone(Model model, List<Integer> strides, PretrainedWeights weights) {
        this.model = model;
        this.weights = weights;
        List<Value> outputs = model.graph().outputs();
        FeatureMap[] found = new FeatureMap[strides.size()];
        for (int i = 0; i < found.length; i++) {
            Value output = outputs.get(i);
            found[i] = new FeatureMap(output.name(), (int) output.shape().size(1), strides.get(i));
        }
        this.maps = List.of(found);
    }

    private Backbone(Model model, Backbone like) {
        this.model = model;
        this.maps = like.maps;
        this.weights = like.weights;
    }

    /** As it is known: that of {@link Backbones}, or the name of the file. */
    public String name() {
        return weights.name();
    }

    /** The model, not a copy. Its parameters are those of the file, so that they can be trained, unless it is folded. */
    public Model model() {
        return model;
    }

    /** The outputs of the model, in order. */
    public List<FeatureMap> maps() {
        return maps;
    }

    /** Where the weights come from and under which license they are. */
    public PretrainedWeights weights() {
        return weights;
    }

    /**
     * The same with batch normalizations and constants folded into the weights, for features that stay as they are: maps
     * equal up to rounding, computed faster.
     */
    public Backbone folded() {
        Model copy = model.copy();
        Passes.inference().run(copy);
        return new Backbone(copy, this);
    }
}
