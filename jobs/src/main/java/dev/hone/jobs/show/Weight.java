package dev.hone.jobs.show;

import dev.hone.graph.Graph;
import dev.hone.train.step.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A constant of a model, as it is listed.
 *
 * @param count of its values
 * @param trainable whether fine-tuning changes it unless it is frozen
 */
public record Weight(String name, String type, long[] shape, long count, boolean trainable) {
    /** All of a graph, in its order. */
    public static List<Weight> of(Graph graph) {
        Set<String> trainable = Parameters.names(graph);
        return graph.constants().stream()
                .map(value -> new Weight(
                        value.name(),
                        value.type().toString(),
                        value.constant().dims(),
                        value.constant().count(),
                        trainable.contains(value.name())))
                .toList();
    }

    public String typeAndShape() {
        return type + Arrays.toString(shape).replace(" ", "");
    }
}
