package dev.hone.graph;

/** The two 16-bit floats: IEEE 754 binary16 ({@code float16}) and the upper half of binary32 ({@code bfloat16}). */
public final class HalfFloats {
    /** The largest finite {@code float16}. */
    public static final float LARGEST_HALF = 65504;

    /** The smallest positive {@code float16}; half of it rounds to zero. */
    public static final float SMALLEST_HALF = 0x1p-24f;

    private HalfFloats() {}

    public static float fromHalf(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> 10) & 0x1F;
        int mantissa = bits & 0x3FF;
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign != 0 ? -magnitude : magnitude;
        }
        if (exponent == 31) {
            return Float.intBitsToFloat(sign | 0x7F800000 | mantissa << 13);
        }
        return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
    }

    /** Rounds to nearest even; overflow becomes infinity. */
    public static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7FFFFFFF;
        if (magnitude > 0x7F800000) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude >= 0x477FF000) {
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x38800000) {
            // Subnormal halves are multiples of 2^-24; adding 0.5 lets the float unit do the rounding.
            return (short) (sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3F000000);
        }
        int rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
        return (short) (sign | (rounded - 0x38000000) >> 13);
    }

    public static float fromBfloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Rounds to nearest even; overflow becomes infinity. */
    public static short toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >> 16 & 1) >>> 16);
    }
}
