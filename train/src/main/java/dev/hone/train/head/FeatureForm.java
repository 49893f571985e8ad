package dev.hone.train.head;

import dev.hone.core.HoneException;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How feature maps become one vector per image: each map by each pooling, one after the other.
 *
 * @param poolings one or more, in the order of the vector's parts
 */
public record FeatureForm(List<Pooling> poolings) {
    public FeatureForm {
        poolings = List.copyOf(poolings);
        if (poolings.isEmpty() || poolings.stream().distinct().count() < poolings.size()) {
            throw new HoneException("poolings are " + poolings + ", expected one or more, each once");
        }
    }

    public FeatureForm(Pooling... poolings) {
        this(List.of(poolings));
    }

    /** Mean and deviation, which served best over several data sets of surfaces. */
    public static FeatureForm standard() {
        return new FeatureForm(Pooling.MEAN, Pooling.DEVIATION);
    }

    /**
     * Adds the nodes.
     *
     * @param maps of shapes [N,C,H,W] with known C, one or more
     * @return [N,F], where F is the sum of all C times the number of poolings
     */
    Value apply(Ops o, List<Value> maps) {
        List<Value> parts = new ArrayList<>();
        for (Value map : maps) {
            poolings.forEach(pooling -> parts.add(pooling.apply(o, map)));
        }
        return o.concat(1, parts);
    }

    /** As in messages: {@code mean + deviation}. */
    @Override
    public String toString() {
        return poolings.stream().map(Pooling::label).collect(Collectors.joining(" + "));
    }
}
