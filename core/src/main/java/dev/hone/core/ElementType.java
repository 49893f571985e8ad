package dev.hone.core;

import java.util.Locale;

/** Element types of tensors, with their numbers in ONNX's {@code TensorProto.DataType}. */
public enum ElementType {
    FLOAT(1, 32),
    UINT8(2, 8),
    INT8(3, 8),
    UINT16(4, 16),
    INT16(5, 16),
    INT32(6, 32),
    INT64(7, 64),
    STRING(8, 0),
    BOOL(9, 8),
    FLOAT16(10, 16),
    DOUBLE(11, 64),
    UINT32(12, 32),
    UINT64(13, 64),
    COMPLEX64(14, 64),
    COMPLEX128(15, 128),
    BFLOAT16(16, 16),
    FLOAT8E4M3FN(17, 8),
    FLOAT8E4M3FNUZ(18, 8),
    FLOAT8E5M2(19, 8),
    FLOAT8E5M2FNUZ(20, 8),
    UINT4(21, 4),
    INT4(22, 4),
    FLOAT4E2M1(23, 4),
    FLOAT8E8M0(24, 8),
    UINT2(25, 2),
    INT2(26, 2),
    FLOAT6E2M3(27, 6),
    FLOAT6E3M2(28, 6);

    private final int onnx;
    private final int bits;

    ElementType(int onnx, int bits) {
        this.onnx = onnx;
        this.bits = bits;
    }

    /** The number used in ONNX files. */
    public int onnx() {
        return onnx;
    }

    /** Bits per element; 0 for {@link #STRING}, whose elements have no fixed size. */
    public int bits() {
        return bits;
    }

    /**
     * Size in bytes of {@code count} elements in a packed little-endian buffer.
     *
     * @throws HoneException if the size overflows a {@code long}
     */
    public long bytes(long count) {
        try {
            return Math.addExact(Math.multiplyExact(count, (long) bits), 7) / 8;
        } catch (ArithmeticException e) {
            throw new HoneException(count + " elements of type " + this + " are too large", e);
        }
    }

    public boolean isFloat() {
        return switch (this) {
            case FLOAT,
                    FLOAT16,
                    DOUBLE,
                    BFLOAT16,
                    FLOAT8E4M3FN,
                    FLOAT8E4M3FNUZ,
                    FLOAT8E5M2,
                    FLOAT8E5M2FNUZ,
                    FLOAT4E2M1,
                    FLOAT6E2M3,
                    FLOAT6E3M2,
                    FLOAT8E8M0 -> true;
            default -> false;
        };
    }

    public boolean isInteger() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, INT32, INT64, UINT32, UINT64, UINT4, INT4, UINT2, INT2 -> true;
            default -> false;
        };
    }

    /**
     * The number that an element of this type has after arithmetic that gave {@code value}: its low bits, as integers of
     * a processor wrap around. Of {@link #UINT64} it is the bits as a {@code long}. Not for floats.
     */
    public long wrapped(long value) {
        if (this == BOOL) {
            return value != 0 ? 1 : 0;
        }
        int unused = 64 - bits;
        return isSigned() ? value << unused >> unused : value << unused >>> unused;
    }

    public boolean isSigned() {
        return switch (this) {
            case INT8, INT16, INT32, INT64, INT4, INT2 -> true;
            default -> isFloat();
        };
    }

    /** @throws HoneException if the number is unknown */
    public static ElementType ofOnnx(int number) {
        for (ElementType type : values()) {
            if (type.onnx == number) {
                return type;
            }
        }
        throw new HoneException("unknown tensor element type " + number);
    }

    /** The type with this {@link #toString} name, or null if the name is not a tensor element type. */
    public static ElementType named(String text) {
        for (ElementType type : values()) {
            if (type.toString().equals(text)) {
                return type;
            }
        }
        return null;
    }

    /** The name used in ONNX's textual form: {@code float}, {@code int64}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
