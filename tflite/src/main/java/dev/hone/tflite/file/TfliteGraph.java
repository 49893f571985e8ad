package dev.hone.tflite.file;

import java.util.List;

/**
 * The content of a TFLite file: its main graph and what is said about it.
 *
 * @param description of the file, such as the converter that wrote it
 * @param inputs indices of tensors
 * @param outputs indices of tensors
 * @param metadata what the file's metadata say
 */
public record TfliteGraph(
        String description,
        List<TfliteTensor> tensors,
        List<TfliteOperator> operators,
        int[] inputs,
        int[] outputs,
        TfliteMetadata metadata) {
    /** The same with other operators and other tensors as outputs. */
    public TfliteGraph withOperators(List<TfliteOperator> others, int... otherOutputs) {
        return new TfliteGraph(description, tensors, others, inputs, otherOutputs, metadata);
    }
}
