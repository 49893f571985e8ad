package dev.hone.tflite.file;

import java.nio.ByteBuffer;

/**
 * An operator of a graph.
 *
 * @param index in the graph, in the order of execution
 * @param name of its kind, as {@link OperatorNames} has it; of a custom operator its own
 * @param inputs indices of tensors, -1 for one that is left out
 * @param outputs indices of tensors
 * @param options its attributes, null if it has none
 * @param custom attributes of a custom operator as bytes, null if it has none
 */
public record TfliteOperator(
        int index, String name, boolean isCustom, int[] inputs, int[] outputs, FlatTable options, ByteBuffer custom) {
    public TfliteOperator withInputs(int... others) {
        return new TfliteOperator(index, name, isCustom, others, outputs, options, custom);
    }

    public TfliteOperator withOutputs(int... others) {
        return new TfliteOperator(index, name, isCustom, inputs, others, options, custom);
    }
}
