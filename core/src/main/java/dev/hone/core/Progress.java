package dev.hone.core;

/**
 * News of long work, and the wish to stop it. A job tells it from whichever thread does the work; every method does
 * nothing unless it is overridden.
 */
public interface Progress {
    /** Hears nothing and never cancels. */
    Progress NONE = new Progress() {};

    /**
     * A task begins, and the one before it is over.
     *
     * @param task what is done, such as "decoding"
     * @param steps how many steps it has, 0 where that is not known
     */
    default void started(String task, long steps) {}

    /** So many steps of the task are done. */
    default void advanced(long done) {}

    /** What to show beside the count: a loss, a file. */
    default void detail(String text) {}

    /** The task is over. */
    default void finished() {}

    /** A line worth reading although nothing is wrong, such as the figures of an epoch. */
    default void info(String line) {}

    /** A line that the user should know: what was left out, what may be wrong. */
    default void warning(String line) {}

    /** Whether the work should stop as soon as it can. */
    default boolean isCancelled() {
        return false;
    }

    /** @throws CancelledException if the work should stop */
    default void checkCancelled() {
        if (isCancelled()) {
            throw new CancelledException();
        }
    }
}
