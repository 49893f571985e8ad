package dev.hone.data;

/**
 * Where batches come from. What a batch holds depends on the epoch and its number only, so that training can be repeated
 * and resumed.
 */
public interface BatchSource {
    /** Samples in all batches of an epoch. */
    long samples();

    /** Batches in an epoch. */
    int batches();

    /** The batches of an epoch from {@code first} on, in order. */
    Stream epoch(int epoch, int first);

    /** An iteration over batches, for one thread; closing it stops whatever prepares them. */
    interface Stream extends AutoCloseable {
        boolean hasNext();

        Batch next();

        @Override
        void close();
    }
}
