package dev.hone.tflite.file;

import dev.hone.core.ElementType;
import dev.hone.core.limit.MalformedException;

/** Element types by their numbers in files, and what holds the same elements here. */
public enum TensorType {
    FLOAT32(ElementType.FLOAT),
    FLOAT16(ElementType.FLOAT16),
    INT32(ElementType.INT32),
    UINT8(ElementType.UINT8),
    INT64(ElementType.INT64),
    STRING(null),
    BOOL(ElementType.BOOL),
    INT16(ElementType.INT16),
    COMPLEX64(null),
    INT8(ElementType.INT8),
    FLOAT64(ElementType.DOUBLE),
    COMPLEX128(null),
    UINT64(ElementType.UINT64),
    RESOURCE(null),
    VARIANT(null),
    UINT32(ElementType.UINT32),
    UINT16(ElementType.UINT16),
    INT4(ElementType.INT4),
    BFLOAT16(ElementType.BFLOAT16),
    INT2(null),
    UINT4(ElementType.UINT4),
    FLOAT8_E4M3FN(null),
    FLOAT8_E5M2(null);

    private final ElementType elements;

    TensorType(ElementType elements) {
        this.elements = elements;
    }

    /** The same type here, null if there is none. */
    public ElementType elements() {
        return elements;
    }

    static TensorType of(int number) {
        if (number < 0 || number >= values().length) {
            throw new MalformedException("a tensor is of the unknown type " + number);
        }
        return values()[number];
    }
}
