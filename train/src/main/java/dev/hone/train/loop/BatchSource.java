package dev.hone.train.loop;

import java.nio.ByteBuffer;

/**
 * Where batches come from. What a batch holds depends on the epoch and its number only, so that training can be repeated
 * and resumed.
 */
public interface BatchSource {
    /** Images in all batches of an epoch. */
    long images();

    /** Batches in an epoch. */
    int batches();

    /** The batches of an epoch from {@code first} on, in order. */
    Stream epoch(int epoch, int first);

    /** An iteration over batches; closing it stops whatever prepares them. */
    interface Stream extends AutoCloseable {
        boolean hasNext();

        Batch next();

        @Override
        void close();
    }

    /** Closing it allows its buffers to be used again. */
    interface Batch extends AutoCloseable {
        /** How many images it holds. */
        int size();

        /** Direct, little-endian floats [size,C,H,W] from 0 to 255. */
        ByteBuffer images();

        /** Direct, little-endian floats [size,K], each row summing to 1. */
        ByteBuffer targets();

        /** Direct, little-endian int64 [size], the index of each image's class. */
        ByteBuffer labels();

        @Override
        void close();
    }
}
