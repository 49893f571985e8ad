package dev.hone.core.limit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps through the fields of one message in Protocol Buffers' wire format, without decoding or copying what is in them:
 * of a 100 MB model that is mapped from a file, only the pages with field headers are read.
 */
final class WireMessage {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;

    /** Messages of a mapped file up to this size are copied: an array is read several times as fast. */
    private static final int COPIED = 1 << 10;

    private final ByteBuffer bytes;
    private final byte[] array;
    private final int start;
    private final int end;
    private int at;
    private int field;
    private int type;
    private long number;
    private int from;
    private int to;

    /** All bytes of a buffer, whose position and limit are not used or changed. */
    WireMessage(ByteBuffer bytes) {
        this(bytes, bytes.hasArray() && bytes.arrayOffset() == 0 ? bytes.array() : null, 0, bytes.capacity());
    }

    private WireMessage(ByteBuffer bytes, byte[] array, int from, int to) {
        this.bytes = bytes;
        this.array = array;
        this.start = from;
        this.at = from;
        this.end = to;
    }

    /**
     * Goes to the next field.
     *
     * @return whether there is one
     * @throws MalformedException if the bytes are no message, or end within a field
     */
    boolean next() {
        if (at == end) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        type = (int) tag & 7;
        if (tag >>> 32 != 0 || field == 0) {
            throw damaged();
        }
        switch (type) {
            case VARINT -> number = varint();
            case FIXED64 -> skip(8);
            case FIXED32 -> skip(4);
            case DELIMITED -> {
                long length = varint();
                from = at;
                skip(length);
                to = at;
            }
            default -> throw damaged();
        }
        return true;
    }

    private void skip(long length) {
        if (length < 0 || length > end - at) {
            throw damaged();
        }
        at += (int) length;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw damaged();
            }
            byte next = array == null ? bytes.get(at) : array[at];
            at++;
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw damaged();
    }

    private static MalformedException damaged() {
        return new MalformedException("is not an ONNX model, or a truncated one; export or copy it again");
    }

    /** The number of the current field if its content is a message, text, bytes or packed numbers, else 0. */
    int block() {
        return type == DELIMITED ? field : 0;
    }

    /** The number of the current field if it is a single integer, else 0. */
    int integer() {
        return type == VARINT ? field : 0;
    }

    /** The value of a field that is an {@link #integer}. */
    long number() {
        return number;
    }

    /** The same message, from its beginning. */
    WireMessage again() {
        return new WireMessage(bytes, array, start, end);
    }

    /** Bytes of a field that is a {@link #block}. */
    int length() {
        return to - from;
    }

    /** The content of a field that is a {@link #block}, as a message. */
    WireMessage message() {
        if (array != null || to - from > COPIED) {
            return new WireMessage(bytes, array, from, to);
        }
        return new WireMessage(bytes, copy(), 0, to - from);
    }

    /** The content of a field that is a {@link #block}, as UTF-8. */
    String text() {
        return array == null
                ? new String(copy(), StandardCharsets.UTF_8)
                : new String(array, from, to - from, StandardCharsets.UTF_8);
    }

    private byte[] copy() {
        byte[] copy = new byte[to - from];
        bytes.get(from, copy);
        return copy;
    }

    /** Whether numbers are left in a message that is a list of packed integers. */
    boolean hasPacked() {
        return at < end;
    }

    /** The next of a list of packed integers. */
    long packed() {
        return varint();
    }

    /** The first of the eight-byte integers that a block consists of. */
    List<Long> longs(int count) {
        List<Long> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long value = 0;
            for (int b = Long.BYTES - 1; b >= 0; b--) {
                int place = at + i * Long.BYTES + b;
                value = value << 8 | (array == null ? bytes.get(place) : array[place]) & 0xFF;
            }
            numbers.add(value);
        }
        return numbers;
    }
}
