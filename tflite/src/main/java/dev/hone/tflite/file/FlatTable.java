package dev.hone.tflite.file;

import com.google.flatbuffers.Table;
import dev.hone.core.limit.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One table of a FlatBuffers file, its fields read by their numbers in the schema. Every offset and every length is
 * checked against the file before it is followed: what a damaged file says of itself is never allocated.
 */
public final class FlatTable extends Table {
    private static final int OFFSET = 4;

    private FlatTable(ByteBuffer bytes, int position) {
        if (position < OFFSET || position > bytes.capacity() - OFFSET) {
            throw new MalformedException("a table lies outside of the file");
        }
        try {
            __reset(position, bytes);
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedException("a table's description lies outside of the file");
        }
    }

    /** The outermost table. The buffer's position is ignored. */
    public static FlatTable root(ByteBuffer file) {
        ByteBuffer bytes = file.duplicate().rewind().order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.capacity() < 2 * OFFSET) {
            throw new MalformedException("it ends within its header");
        }
        return new FlatTable(bytes, bytes.getInt(0));
    }

    /** Whether a file begins as FlatBuffers files with this identifier of four letters do. */
    public static boolean isKind(ByteBuffer file, String identifier) {
        if (file.capacity() < 2 * OFFSET) {
            return false;
        }
        byte[] found = new byte[OFFSET];
        file.get(OFFSET, found);
        return new String(found, StandardCharsets.ISO_8859_1).equals(identifier);
    }

    /** Where a field lies, 0 if it is absent. */
    private int place(int field, int width) {
        try {
            int offset = __offset(OFFSET + 2 * field);
            if (offset == 0) {
                return 0;
            }
            return checked(bb_pos + offset, width);
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedException("a table's description lies outside of the file");
        }
    }

    private int checked(long place, long width) {
        if (place < 0 || width < 0 || place + width > bb.capacity()) {
            throw new MalformedException("a field lies outside of the file");
        }
        return (int) place;
    }

    public int integer(int field, int otherwise) {
        int at = place(field, 4);
        return at == 0 ? otherwise : bb.getInt(at);
    }

    public int signedByte(int field, int otherwise) {
        int at = place(field, 1);
        return at == 0 ? otherwise : bb.get(at);
    }

    public int unsignedByte(int field, int otherwise) {
        int at = place(field, 1);
        return at == 0 ? otherwise : bb.get(at) & 0xFF;
    }

    public boolean flag(int field) {
        return signedByte(field, 0) != 0;
    }

    public float number(int field, float otherwise) {
        int at = place(field, 4);
        return at == 0 ? otherwise : bb.getFloat(at);
    }

    /** Of an unsigned number of 64 bits; a value of 2^63 and more is refused. */
    public long size(int field) {
        int at = place(field, 8);
        long value = at == 0 ? 0 : bb.getLong(at);
        if (value < 0) {
            throw new MalformedException("a size is negative");
        }
        return value;
    }

    /** The table that a field refers to, null if it is absent. */
    public FlatTable table(int field) {
        int at = place(field, OFFSET);
        return at == 0 ? null : new FlatTable(bb, target(at));
    }

    private int target(int at) {
        return checked(at + (bb.getInt(at) & 0xFFFFFFFFL), 0);
    }

    /** Where the elements of a vector lie and how many there are. */
    private record Elements(int start, int count) {}

    private Elements elements(int field, int width) {
        int at = place(field, OFFSET);
        if (at == 0) {
            return new Elements(0, 0);
        }
        int vector = checked(target(at), OFFSET);
        int count = bb.getInt(vector);
        checked(vector + (long) OFFSET, count < 0 ? -1 : (long) count * width);
        return new Elements(vector + OFFSET, count);
    }

    /** How many elements of so many bytes a vector has. */
    public int count(int field, int width) {
        return elements(field, width).count();
    }

    /** The tables of a vector, none if it is absent. */
    public List<FlatTable> tables(int field) {
        Elements elements = elements(field, OFFSET);
        List<FlatTable> tables = new ArrayList<>(elements.count());
        for (int i = 0; i < elements.count(); i++) {
            tables.add(new FlatTable(bb, target(elements.start() + OFFSET * i)));
        }
        return tables;
    }

    public int[] integers(int field) {
        Elements elements = elements(field, 4);
        int[] values = new int[elements.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bb.getInt(elements.start() + 4 * i);
        }
        return values;
    }

    /** Unsigned integers of so many bytes, 1 or 2. */
    int[] unsigned(int field, int width) {
        Elements elements = elements(field, width);
        int[] values = new int[elements.count()];
        for (int i = 0; i < values.length; i++) {
            int at = elements.start() + width * i;
            values[i] = width == 1 ? bb.get(at) & 0xFF : bb.getShort(at) & 0xFFFF;
        }
        return values;
    }

    public float[] numbers(int field) {
        Elements elements = elements(field, 4);
        float[] values = new float[elements.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bb.getFloat(elements.start() + 4 * i);
        }
        return values;
    }

    public long[] longs(int field) {
        Elements elements = elements(field, 8);
        long[] values = new long[elements.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bb.getLong(elements.start() + 8 * i);
        }
        return values;
    }

    /** A view of a vector of bytes, null if it is absent. */
    public ByteBuffer bytes(int field) {
        Elements elements = elements(field, 1);
        return elements.start() == 0
                ? null
                : bb.slice(elements.start(), elements.count()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A text of at most so many bytes, empty if it is absent; bytes that are no UTF-8 are replaced. */
    public String text(int field, int limit) {
        Elements elements = elements(field, 1);
        if (elements.count() > limit) {
            throw new MalformedException("a name takes " + elements.count() + " bytes");
        }
        byte[] text = new byte[elements.count()];
        bb.get(elements.start(), text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
