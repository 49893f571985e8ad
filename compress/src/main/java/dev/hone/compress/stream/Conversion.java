package dev.hone.compress.stream;

import java.io.IOException;

/** One tensor to be made from another, in pieces that do not depend on each other and are converted in any order. */
public interface Conversion {
    /** The tensor that is read, for messages. */
    String name();

    /** Bytes that are read in all. */
    long bytes();

    int pieces();

    /**
     * Reads, converts and writes one piece. Several pieces are converted at the same time, each with its own source.
     *
     * @throws IOException if reading or writing fails
     * @throws dev.hone.core.HoneException if the numbers cannot be converted
     */
    void convert(int piece, Source source) throws IOException;
}
