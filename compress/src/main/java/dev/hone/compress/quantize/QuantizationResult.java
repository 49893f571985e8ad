package dev.hone.compress.quantize;

import dev.hone.graph.Model;
import java.util.Map;

/**
 * A quantized model and what was done.
 *
 * @param model in QDQ form
 * @param images how many images it was calibrated on
 * @param int8Nodes how many nodes were planned to compute in INT8; what the runtime makes of it, {@link Audit} tells
 * @param left layers with weights that stay in FP32 on purpose or because they have to, by name, with the reason
 * @param origin what the model was made from, or null if all of it stayed in float
 */
public record QuantizationResult(Model model, long images, int int8Nodes, Map<String, String> left, Origin origin) {

    /** The FP32 model itself, whose metadata say why it is not quantized. */
    static QuantizationResult ofFloat(Model floats, long images, String why) {
        Model copy = floats.copy();
        copy.metadata().put(Quantizer.METADATA_KEY, "none: " + why);
        return new QuantizationResult(copy, images, 0, Map.of(), null);
    }
}
