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
        long[] all = longs(tag, name);
        int[] integers = new int[all.length];
        for (int i = 0; i < all.length; i++) {
            integers[i] = (int) all[i];
            if (integers[i] != all[i]) {
                throw impossible(name, all[i]);
            }
        }
        return integers;
    }

    /**
     * All values of a tag that may be beyond the range of an int, such as positions; empty if it is missing.
     *
     * @throws EOFException if its values lie beyond the end of the file
     * @throws IIOException if it holds something else than integers
     */
    long[] longs(int tag, String name) throws IOException {
        Entry entry = directory.getEntryById(tag);
        if (entry == null) {
            return new long[0];
        }
        Object value = entry.getValue();
        if (value instanceof Number n) {
            return new long[] {whole(n, name)};
        }
        if (value instanceof EOFException) {
            throw new EOFException(); // the reader's way to say so
        }
        if (value == null || !value.getClass().isArray()) {
            throw new IIOException("the tag " + name + " holds no integers");
        }
        long[] all = new long[Array.getLength(value)];
        for (int i = 0; i < all.length; i++) {
            if (!(Array.get(value, i) instanceof Number n)) {
                throw new IIOException("the tag " + name + " holds no integers");
            }
            all[i] = n instanceof Byte b ? b & 0xff : whole(n, name);
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

    private static long whole(Number n, String name) throws IIOException {
        if (n instanceof Integer || n instanceof Long || n instanceof Short || n instanceof Byte) {
            return n.longValue();
        }
        throw impossible(name, n);
    }

    private static IIOException impossible(String name, Number value) {
        return new IIOException("the tag " + name + " is " + value + ", which is not possible");
    }
}
