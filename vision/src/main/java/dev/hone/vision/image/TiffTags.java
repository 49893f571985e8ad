package dev.hone.vision.image;

import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.stream.IntStream;
import javax.imageio.IIOException;

/** The integers in the tags of a TIFF directory, whichever of the format's integer types they are stored as. */
record TiffTags(Directory directory) {
    boolean has(int tag) {
        return directory.getEntryById(tag) != null;
    }

    /**
     * All values of a tag; empty if it is missing.
     *
     * @throws EOFException if its values lie beyond the end of the file
     * @throws IIOException if it holds something else than integers that fit an int
     */
    int[] integers(int tag, String name) throws IOException {
        Entry entry = directory.getEntryById(tag);
        if (entry == null) {
            return new int[0];
        }
        Object value = entry.getValue();
        if (value instanceof Number n) {
            return new int[] {integer(n, name)};
        }
        if (value instanceof EOFException) {
            throw new EOFException(); // the reader's way to say so
        }
        if (value == null || !value.getClass().isArray()) {
            throw new IIOException("the tag " + name + " holds no integers");
        }
        int[] all = new int[Array.getLength(value)];
        for (int i = 0; i < all.length; i++) {
            if (!(Array.get(value, i) instanceof Number n)) {
                throw new IIOException("the tag " + name + " holds no integers");
            }
            all[i] = n instanceof Byte b ? b & 0xff : integer(n, name);
        }
        return all;
    }

    /** A tag with one value, or with equal ones for each sample. */
    int integer(int tag, String name, int missing) throws IOException {
        int[] all = integers(tag, name);
        if (all.length == 0) {
            return missing;
        }
        if (IntStream.of(all).anyMatch(v -> v != all[0])) {
            throw new IIOException("the tag " + name + " differs between samples, which is not supported");
        }
        return all[0];
    }

    private static int integer(Number n, String name) throws IIOException {
        boolean whole = n instanceof Integer || n instanceof Long || n instanceof Short || n instanceof Byte;
        if (!whole || n.longValue() != n.intValue()) {
            throw new IIOException("the tag " + name + " is " + n + ", which is not possible");
        }
        return n.intValue();
    }
}
