package dev.hone.tflite.file;

import java.nio.ByteBuffer;

/**
 * A tensor of a graph: what flows between operators, or a constant.
 *
 * @param index in the graph
 * @param name as in the file, or made of the index if it has none
 * @param shape the sizes at which the file was written; a 1 where the size is open
 * @param signature the same with -1 for sizes that are open
 * @param quantization null if the elements are the numbers themselves
 * @param data the elements of a constant, row by row and little-endian; null if it is none
 * @param sparsity which elements the data are, null if all
 * @param variable whether it keeps its content from run to run
 */
public record TfliteTensor(
        int index,
        String name,
        int[] shape,
        int[] signature,
        TensorType type,
        Quantization quantization,
        ByteBuffer data,
        Sparsity sparsity,
        boolean variable) {
    public boolean isConstant() {
        return data != null;
    }

    public int rank() {
        return shape.length;
    }

    /** Whether its integers stand for other numbers. */
    public boolean isQuantized() {
        return quantization != null;
    }
}
