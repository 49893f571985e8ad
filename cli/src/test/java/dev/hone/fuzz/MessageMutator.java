package dev.hone.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes to a file of Protocol Buffers that keep it one: fields dropped, repeated, swapped, renumbered; numbers at their
 * limits; texts replaced by other texts of the file. Works on the wire form, so that no schema is needed.
 */
final class MessageMutator implements Mutator {
    private static final long[] LIMITS = {
        0, 1, 2, 3, 7, 9, -1, 16, 100, 255, 65536, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private static final int LARGEST_LEAF = 4096;

    /** A field: a number, fixed bytes, text or bytes, or a message. */
    private static final class Field {
        private int number;
        private final int wire;
        private long value;
        private byte[] bytes;
        private List<Field> message;

        Field(int number, int wire) {
            this.number = number;
            this.wire = wire;
        }

        Field copy() {
            Field copy = new Field(number, wire);
            copy.value = value;
            copy.bytes = bytes;
            copy.message = message == null
                    ? null
                    : new ArrayList<>(message.stream().map(Field::copy).toList());
            return copy;
        }
    }

    @Override
    public byte[] mutate(byte[] file, Random random) {
        List<Field> message = parse(file, 0, file.length, 0);
        if (message == null || message.isEmpty()) {
            return new ByteMutator().mutate(file, random);
        }
        List<List<Field>> all = new ArrayList<>();
        List<byte[]> texts = new ArrayList<>();
        collect(message, all, texts);
        // Deep messages are many and alike; half of the time a level is chosen first.
        List<Field> where = all.get(random.nextInt(all.size()));
        if (where.isEmpty()) {
            where = message;
        }
        Field field = where.get(random.nextInt(where.size()));
        switch (random.nextInt(7)) {
            case 0 -> where.remove(field);
            case 1 -> where.add(random.nextInt(where.size() + 1), field.copy());
            case 2 -> field.number = 1 + random.nextInt(20);
            case 3 -> {
                List<Field> other = all.get(random.nextInt(all.size()));
                if (!other.isEmpty()) {
                    where.set(
                            where.indexOf(field),
                            other.get(random.nextInt(other.size())).copy());
                }
            }
            default -> value(field, texts, random);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(message, out);
        return out.toByteArray();
    }

    private static void value(Field field, List<byte[]> texts, Random random) {
        if (field.wire == 0) {
            field.value = random.nextInt(3) == 0
                    ? field.value + random.nextInt(5) - 2
                    : LIMITS[random.nextInt(LIMITS.length)];
        } else if (field.message == null && field.bytes != null) {
            field.bytes = switch (random.nextInt(5)) {
                case 0, 1 -> texts.isEmpty() ? field.bytes : texts.get(random.nextInt(texts.size()));
                case 2 -> new byte[0];
                case 3 -> "\u001b[31m\u202e,=1+1\n".getBytes(StandardCharsets.UTF_8);
                default -> new ByteMutator().mutate(field.bytes, random);
            };
        }
    }

    private static void collect(List<Field> message, List<List<Field>> all, List<byte[]> texts) {
        all.add(message);
        for (Field field : message) {
            if (field.message != null) {
                collect(field.message, all, texts);
            } else if (field.bytes != null && field.bytes.length < 64) {
                texts.add(field.bytes);
            }
        }
    }

    // ---- wire form

    private static List<Field> parse(byte[] b, int from, int to, int depth) {
        List<Field> fields = new ArrayList<>();
        int[] at = {from};
        while (at[0] < to) {
            Long tag = varint(b, at, to);
            if (tag == null || tag >>> 3 == 0 || tag >>> 3 > 100) {
                return null;
            }
            Field field = new Field((int) (tag >>> 3), (int) (tag & 7));
            switch (field.wire) {
                case 0 -> {
                    Long value = varint(b, at, to);
                    if (value == null) {
                        return null;
                    }
                    field.value = value;
                }
                case 1, 5 -> {
                    int width = field.wire == 1 ? 8 : 4;
                    if (at[0] + width > to) {
                        return null;
                    }
                    field.bytes = java.util.Arrays.copyOfRange(b, at[0], at[0] + width);
                    at[0] += width;
                }
                case 2 -> {
                    Long length = varint(b, at, to);
                    if (length == null || length < 0 || length > to - at[0]) {
                        return null;
                    }
                    int end = at[0] + length.intValue();
                    field.bytes = java.util.Arrays.copyOfRange(b, at[0], end);
                    field.message =
                            length > 1 && depth < 12 && !isText(field.bytes) && (depth < 2 || length < LARGEST_LEAF)
                                    ? parse(b, at[0], end, depth + 1)
                                    : null;
                    at[0] = end;
                }
                default -> {
                    return null;
                }
            }
            fields.add(field);
        }
        return fields;
    }

    private static boolean isText(byte[] bytes) {
        for (byte x : bytes) {
            if (x < ' ' || x > '~') {
                return false;
            }
        }
        return true;
    }

    private static Long varint(byte[] b, int[] at, int to) {
        long value = 0;
        for (int shift = 0; shift < 64 && at[0] < to; shift += 7) {
            byte x = b[at[0]++];
            value |= (long) (x & 0x7f) << shift;
            if (x >= 0) {
                return value;
            }
        }
        return null;
    }

    private static void write(List<Field> fields, ByteArrayOutputStream out) {
        for (Field field : fields) {
            varint(((long) field.number << 3) | field.wire, out);
            if (field.wire == 0) {
                varint(field.value, out);
                continue;
            }
            byte[] bytes = field.bytes;
            if (field.message != null) {
                ByteArrayOutputStream inner = new ByteArrayOutputStream();
                write(field.message, inner);
                bytes = inner.toByteArray();
            }
            if (field.wire == 2) {
                varint(bytes.length, out);
            } else {
                // Fixed numbers keep their width, whatever they became.
                bytes = java.util.Arrays.copyOf(bytes, field.wire == 1 ? 8 : 4);
            }
            out.writeBytes(bytes);
        }
    }

    private static void varint(long value, ByteArrayOutputStream out) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
