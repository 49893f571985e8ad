package dev.hone.runtime;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An input or output of a model.
 *
 * @param elementType the number that ONNX's {@code TensorProto.DataType} gives the type (1 is float), 0 for a value that
 *     is no tensor
 * @param dims sizes, -1 where the model leaves them open
 */
public record TensorInfo(String name, int elementType, long[] dims) {
    public TensorInfo {
        dims = dims.clone();
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    /** Whether a tensor of this shape fits: same rank, same size wherever the model gives one. */
    boolean accepts(long[] found) {
        if (found.length != dims.length) {
            return false;
        }
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] >= 0 && dims[i] != found[i]) {
                return false;
            }
        }
        return true;
    }

    static String describe(int elementType, long[] dims) {
        return ElementTypes.name(elementType)
                + Arrays.stream(dims)
                        .mapToObj(d -> d < 0 ? "?" : Long.toString(d))
                        .collect(Collectors.joining(",", "[", "]"));
    }

    @Override
    public String toString() {
        return name + ": " + describe(elementType, dims);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo info
                && name.equals(info.name)
                && elementType == info.elementType
                && Arrays.equals(dims, info.dims);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + 7 * elementType + Arrays.hashCode(dims);
    }
}
