package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a quantized model was made from: enough to write it again with other layers in float, to correct and to train it. */
public final class Origin {
    /**
     * The weights of a layer before they were rounded.
     *
     * @param bias null if there is none
     */
    public record Floats(Tensor weights, Tensor bias) {}

    private final Model model;
    private final Quantizer.Calibrated calibrated;
    private final Set<String> keepFloat;
    private final Map<Node, Floats> floats;

    /**
     * @param keepFloat nodes that stayed in float, by the name of their output
     * @param floats by node of the quantized model
     */
    Origin(Model model, Quantizer.Calibrated calibrated, Set<String> keepFloat, Map<Node, Floats> floats) {
        this.model = model;
        this.calibrated = calibrated;
        this.keepFloat = keepFloat;
        this.floats = floats;
    }

    /** The float model. */
    public Model model() {
        return model;
    }

    public QuantizeOptions options() {
        return calibrated.options();
    }

    /** The weights of each layer that computes in integers, by node of the quantized model. */
    public Map<Node, Floats> floats() {
        return floats;
    }

    /** The layers with weights that compute in integers, in topological order, by the name of their output. */
    List<String> layers() {
        return Plan.of(Quantizer.prepare(model).graph(), calibrated.options().withKeepFloat(keepFloat))
                .kernels()
                .stream()
                .filter(node -> Traits.of(node) == Traits.Trait.WEIGHTED)
                .map(node -> node.output().name())
                .toList();
    }

    /** The model in integers again, with these layers in float besides those that were. */
    QuantizationResult withFloat(Iterable<String> layers) {
        Set<String> names = new LinkedHashSet<>(keepFloat);
        layers.forEach(names::add);
        return Quantizer.write(model, calibrated, names);
    }
}
