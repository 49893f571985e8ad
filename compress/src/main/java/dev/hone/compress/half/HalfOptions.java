package dev.hone.compress.half;

import dev.hone.core.ElementType;
import java.util.Map;
import java.util.Set;

/**
 * How a model is brought into 16-bit floats.
 *
 * @param type {@code FLOAT16} or {@code BFLOAT16}
 * @param computes whether the model computes in that type; else its weights are only stored in it, and cast to float
 *     when the model is loaded
 * @param keepInterface whether inputs and outputs stay in FP32, with casts behind and before them
 * @param keepFp32 nodes that stay in FP32, by their name or their first output's
 * @param largest the largest magnitude of activations on calibration data, by value name; empty if none were given
 */
public record HalfOptions(
        ElementType type, boolean computes, boolean keepInterface, Set<String> keepFp32, Map<String, Float> largest) {
    public HalfOptions {
        if (type != ElementType.FLOAT16 && type != ElementType.BFLOAT16) {
            throw new IllegalArgumentException(type + " is no 16-bit float");
        }
        keepFp32 = Set.copyOf(keepFp32);
        largest = Map.copyOf(largest);
    }

    /** Computes in {@code float16}; what runtimes for CPUs lack kernels for they cast themselves. */
    public static HalfOptions float16() {
        return new HalfOptions(ElementType.FLOAT16, true, true, Set.of(), Map.of());
    }

    /** Stores weights in {@code bfloat16}: ONNX Runtime has next to no kernels that compute in it on a CPU. */
    public static HalfOptions bfloat16() {
        return new HalfOptions(ElementType.BFLOAT16, false, true, Set.of(), Map.of());
    }

    public HalfOptions withComputes(boolean value) {
        return new HalfOptions(type, value, keepInterface, keepFp32, largest);
    }

    public HalfOptions withKeepInterface(boolean value) {
        return new HalfOptions(type, computes, value, keepFp32, largest);
    }

    public HalfOptions withKeepFp32(Set<String> value) {
        return new HalfOptions(type, computes, keepInterface, value, largest);
    }

    /** @param value as {@link ActivationRanges} measures it */
    public HalfOptions withLargest(Map<String, Float> value) {
        return new HalfOptions(type, computes, keepInterface, keepFp32, value);
    }

    /** What the type is called in text for users, as the methods are: {@code FP16} or {@code BF16}. */
    String text() {
        return type == ElementType.FLOAT16 ? "FP16" : "BF16";
    }

    /** The largest finite number of the type. */
    float ceiling() {
        return type == ElementType.FLOAT16 ? 65504 : 0x1.FEp127f;
    }
}
