package dev.hone.core.text;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's {@code .npy} format (numpy.lib.format), versions 1 to 3, little-endian and in C order.
 *
 * @param dims shape; empty for a scalar
 * @param bytes the elements, little-endian, in row-major order
 */
public record NpyArray(ElementType type, long[] dims, byte[] bytes) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final Map<String, ElementType> TYPES = Map.of(
            "<f4",
            ElementType.FLOAT,
            "|u1",
            ElementType.UINT8,
            "|i1",
            ElementType.INT8,
            "<i4",
            ElementType.INT32,
            "<i8",
            ElementType.INT64,
            "|b1",
            ElementType.BOOL,
            "<f2",
            ElementType.FLOAT16,
            "<f8",
            ElementType.DOUBLE);

    /** @throws HoneException naming {@code where} if the bytes are damaged, of another type or in Fortran order */
    static NpyArray parse(byte[] bytes, String where) {
        if (bytes.length < 12 || !Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))) {
            throw new HoneException(where + " is not in NumPy's .npy format; write the file with numpy.savez");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean first = bytes[6] == 1;
        int start = first ? 10 : 12;
        int length = first ? header.getShort(8) & 0xFFFF : header.getInt(8);
        if (length < 0 || length > bytes.length - start) {
            throw new HoneException(where + " ends inside its header; the file is damaged");
        }
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        ElementType type = TYPES.get(find(text, "'descr':\\s*'([^']+)'", where));
        if (type == null || text.contains("'fortran_order': True")) {
            throw new HoneException(where + " is " + text.strip() + ", expected C order and one of "
                    + new TreeSet<>(TYPES.keySet()) + "; save numpy.ascontiguousarray(array, 'float32') or the like");
        }
        List<Long> dims = new ArrayList<>();
        Matcher number = Pattern.compile("\\d+").matcher(find(text, "'shape':\\s*\\(([^)]*)\\)", where));
        while (number.find()) {
            dims.add(Long.parseLong(number.group()));
        }
        long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
        long expected = Arrays.stream(shape).reduce(type.bytes(1), (a, b) -> a * b);
        if (expected != bytes.length - start - length) {
            throw new HoneException(where + " holds " + (bytes.length - start - length) + " bytes, " + text.strip()
                    + " takes " + expected + "; the file is damaged");
        }
        return new NpyArray(type, shape, Arrays.copyOfRange(bytes, start + length, bytes.length));
    }

    private static String find(String text, String pattern, String where) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new HoneException(where + " has the header " + text.strip() + ", which cannot be parsed");
        }
        return matcher.group(1);
    }
}
