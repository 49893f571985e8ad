package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a quantized model was made from: enough to write it again with other layers in FP32, to correct and to train it. */
public final class Origin {
    /**
     * The weights of a layer before they were rounded.
     *
     * @param bias null if there is none
     */
    public record Floats(Tensor weights, Tensor bias) {}

    private final Model model;
    private final Quantizer.Calibrated calibrated;
    private final Set<String> keepFp32;
    private final Map<Node, Floats> floats;

    /**
     * @param keepFp32 nodes that stayed in FP32, by the name of their output
     * @param floats by node of the quantized model
     */
    Origin(Model model, Quantizer.Calibrated calibrated, Set<String> keepFp32, Map<Node, Floats> floats) {
        this.model = model;
        this.calibrated = calibrated;
        this.keepFp32 = keepFp32;
        this.floats = floats;
    }

    /** The FP32 model. */
    public Model model() {
        return model;
    }

    public QuantizerOptions options() {
        return calibrated.options();
    }

    /** The weights of each layer that computes in INT8, by node of the quantized model. */
    public Map<Node, Floats> floats() {
        return floats;
    }

    /** The layers with weights that compute in INT8, in topological order, by the name of their output. */
    List<String> layers() {
        return Plan.of(Quantizer.prepare(model).graph(), calibrated.options().withKeepFp32(keepFp32)).kernels().stream()
                .filter(node -> Traits.of(node) == Traits.Trait.WEIGHTED)
                .map(node -> node.output().name())
                .toList();
    }

    /** The model in INT8 again, with these layers in FP32 besides those that were. */
    QuantizationResult withFloat(Iterable<String> layers) {
        Set<String> names = new LinkedHashSet<>(keepFp32);
        layers.forEach(names::add);
        return Quantizer.write(model, calibrated, names);
    }
}
