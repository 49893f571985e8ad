package dev.hone.graph;

import dev.hone.core.ElementType;
import java.nio.ByteBuffer;

/** Reads and writes single elements of packed little-endian tensors, including the 16-, 4- and 2-bit types. */
final class ElementCodec {
    private ElementCodec() {}

    static double getDouble(ElementType type, ByteBuffer b, int i) {
        return switch (type) {
            case FLOAT -> b.getFloat(i * 4);
            case DOUBLE -> b.getDouble(i * 8);
            case FLOAT16 -> HalfFloats.fromHalf(b.getShort(i * 2));
            case BFLOAT16 -> HalfFloats.fromBfloat(b.getShort(i * 2));
            case UINT64 -> {
                long bits = b.getLong(i * 8);
                yield bits >= 0 ? bits : (bits >>> 1) * 2.0 + (bits & 1);
            }
            default -> getLong(type, b, i);
        };
    }

    static long getLong(ElementType type, ByteBuffer b, int i) {
        return switch (type) {
            case BOOL, UINT8 -> b.get(i) & 0xFF;
            case INT8 -> b.get(i);
            case UINT16 -> b.getShort(i * 2) & 0xFFFF;
            case INT16 -> b.getShort(i * 2);
            case INT32 -> b.getInt(i * 4);
            case UINT32 -> b.getInt(i * 4) & 0xFFFFFFFFL;
            case INT64, UINT64 -> b.getLong(i * 8);
            case UINT4 -> packed(b, i, 4);
            case INT4 -> packed(b, i, 4) << 60 >> 60;
            case UINT2 -> packed(b, i, 2);
            case INT2 -> packed(b, i, 2) << 62 >> 62;
            default -> throw new GraphException("cannot read elements of type " + type + " as numbers");
        };
    }

    private static long packed(ByteBuffer b, int i, int bits) {
        int perByte = 8 / bits;
        return (b.get(i / perByte) >> (i % perByte * bits)) & ((1 << bits) - 1);
    }

    static void putDouble(ElementType type, ByteBuffer b, int i, double value) {
        switch (type) {
            case FLOAT -> b.putFloat(i * 4, (float) value);
            case DOUBLE -> b.putDouble(i * 8, value);
            case FLOAT16 -> b.putShort(i * 2, HalfFloats.toHalf((float) value));
            case BFLOAT16 -> b.putShort(i * 2, HalfFloats.toBfloat((float) value));
            case BOOL -> b.put(i, (byte) (value != 0 ? 1 : 0));
            case UINT64 -> b.putLong(i * 8, unsigned(Math.rint(value)));
            default -> putLong(type, b, i, (long) Math.rint(value));
        }
    }

    /** Converts to the 64 bits of an unsigned number, saturating. */
    private static long unsigned(double value) {
        if (value < 0x1p63) {
            return (long) Math.max(0, value);
        }
        return value < 0x1p64 ? (long) (value - 0x1p63) | Long.MIN_VALUE : -1;
    }

    /** Writes an element of one integer type to a tensor of another, saturating. */
    static void putInteger(ElementType from, ElementType type, ByteBuffer b, int i, long value) {
        boolean huge = from == ElementType.UINT64 && value < 0;
        boolean negative = type == ElementType.UINT64 && from != ElementType.UINT64 && value < 0;
        putLong(type, b, i, huge && type != ElementType.UINT64 ? Long.MAX_VALUE : negative ? 0 : value);
    }

    static void putLong(ElementType type, ByteBuffer b, int i, long value) {
        switch (type) {
            case BOOL -> b.put(i, (byte) (value != 0 ? 1 : 0));
            case UINT8 -> b.put(i, (byte) clamp(value, 0, 255));
            case INT8 -> b.put(i, (byte) clamp(value, -128, 127));
            case UINT16 -> b.putShort(i * 2, (short) clamp(value, 0, 65535));
            case INT16 -> b.putShort(i * 2, (short) clamp(value, Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> b.putInt(i * 4, (int) clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32 -> b.putInt(i * 4, (int) clamp(value, 0, 0xFFFFFFFFL));
            case INT64, UINT64 -> b.putLong(i * 8, value);
            case UINT4 -> pack(b, i, 4, clamp(value, 0, 15));
            case INT4 -> pack(b, i, 4, clamp(value, -8, 7));
            case UINT2 -> pack(b, i, 2, clamp(value, 0, 3));
            case INT2 -> pack(b, i, 2, clamp(value, -2, 1));
            default -> throw new GraphException("cannot write elements of type " + type);
        }
    }

    private static void pack(ByteBuffer b, int i, int bits, long value) {
        int perByte = 8 / bits;
        int shift = i % perByte * bits;
        int mask = ((1 << bits) - 1) << shift;
        b.put(i / perByte, (byte) (b.get(i / perByte) & ~mask | ((int) value << shift) & mask));
    }

    private static long clamp(long value, long min, long max) {
        return Math.max(min, Math.min(max, value));
    }
}
