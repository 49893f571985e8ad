package dev.hone.runtime;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Type and shape of an input or output of a model.
 *
 * @param elementType number in ONNX's {@code TensorProto.DataType} (1 is float), 0 for a value that is not a tensor
 * @param dims sizes; -1 for a dynamic dimension
 */
public record TensorInfo(String name, int elementType, long[] dims) {
    public TensorInfo {
        dims = dims.clone();
    }

    @Override
    public long[] dims() {
        return dims.clone();
    }

    /**
     * Whether a shape matches: same rank, and same size wherever the model fixes one. A value of unknown rank is
     * reported like a scalar, so that any shape matches; of a true scalar the runtime itself refuses others.
     */
    boolean accepts(long[] found) {
        if (dims.length == 0) {
            return true;
        }
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
