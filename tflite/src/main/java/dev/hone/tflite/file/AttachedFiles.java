package dev.hone.tflite.file;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The entries of a ZIP archive at the end of a file that begins as another kind. */
final class AttachedFiles {
    private static final int END_RECORD = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int DIRECTORY_ENTRY = 0x02014b50;
    private static final int DIRECTORY_SIZE = 46;
    private static final int LOCAL_ENTRY = 0x04034b50;
    private static final int LOCAL_SIZE = 30;

    /** The archive's comment may take so many bytes behind the end record. */
    private static final int MOST_COMMENT = 0xFFFF;

    private static final int DEFLATED = 8;
    private static final int MOST_ENTRIES = 10_000;

    /** Bytes of a text; a thousand times that of the labels of ImageNet. */
    private static final int MOST_TEXT = 16 << 20;

    private AttachedFiles() {}

    /** The text of an entry, empty if there is no such entry or it is damaged. */
    static String text(ByteBuffer file, String name) {
        ByteBuffer bytes = file.duplicate().rewind().order(ByteOrder.LITTLE_ENDIAN);
        try {
            byte[] content = content(bytes, name);
            return content == null ? "" : new String(content, StandardCharsets.UTF_8);
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return "";
        }
    }

    private static byte[] content(ByteBuffer bytes, String name) throws IOException {
        int end = endRecord(bytes);
        if (end < 0) {
            return null;
        }
        int size = bytes.getInt(end + 12);
        int stated = bytes.getInt(end + 16);
        int directory = end - size;
        // Offsets count from the archive's beginning, or from that of the file it was attached to.
        int base = directory - stated;
        int at = directory;
        for (int i = 0; i < MOST_ENTRIES && at < end && bytes.getInt(at) == DIRECTORY_ENTRY; i++) {
            int nameSize = bytes.getShort(at + 28) & 0xFFFF;
            byte[] found = new byte[nameSize];
            bytes.get(at + DIRECTORY_SIZE, found);
            if (new String(found, StandardCharsets.UTF_8).equals(name)) {
                return entry(bytes, base + bytes.getInt(at + 42), bytes.getInt(at + 20), bytes.getShort(at + 10));
            }
            at += DIRECTORY_SIZE + nameSize + (bytes.getShort(at + 30) & 0xFFFF) + (bytes.getShort(at + 32) & 0xFFFF);
        }
        return null;
    }

    private static int endRecord(ByteBuffer bytes) {
        int last = bytes.capacity() - END_SIZE;
        for (int at = last; at >= 0 && at >= last - MOST_COMMENT; at--) {
            if (bytes.getInt(at) == END_RECORD) {
                return at;
            }
        }
        return -1;
    }

    private static byte[] entry(ByteBuffer bytes, int at, int size, int method) throws IOException {
        if (bytes.getInt(at) != LOCAL_ENTRY || size < 0 || size > MOST_TEXT) {
            return null;
        }
        int start = at + LOCAL_SIZE + (bytes.getShort(at + 26) & 0xFFFF) + (bytes.getShort(at + 28) & 0xFFFF);
        byte[] stored = new byte[Math.max(0, Math.min(size, bytes.capacity() - start))];
        bytes.get(start, stored);
        if (method != DEFLATED) {
            return stored;
        }
        Inflater inflater = new Inflater(true);
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(stored), inflater)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[1 << 13];
            for (int n = in.read(part); n > 0 && out.size() < MOST_TEXT; n = in.read(part)) {
                out.write(part, 0, n);
            }
            return out.toByteArray();
        } finally {
            inflater.end();
        }
    }
}
