package dev.hone.core;

import java.util.Map;

/**
 * Progress reporting and cancellation for long-running work. Methods may be called from any thread; all of them do
 * nothing by default.
 */
public interface Progress {
    /** Ignores all reports and never cancels. */
    Progress NONE = new Progress() {};

    /**
     * A task starts; the previous one, if any, ends.
     *
     * @param task short description, such as "decoding"
     * @param steps total number of steps, 0 if unknown
     */
    default void started(String task, long steps) {}

    /** {@code done} steps of the current task are complete. */
    default void advanced(long done) {}

    /** Extra text to show next to the step count, such as the current loss or file. */
    default void detail(String text) {}

    /** The current task ends. */
    default void finished() {}

    /** An informational message of one line, such as the metrics of an epoch. */
    default void info(String line) {}

    /** A warning of one line, such as input that was skipped. */
    default void warning(String line) {}

    /**
     * Something was measured that a history of the work keeps, such as the losses of an epoch.
     *
     * @param step counted from 1
     * @param values by name; not a number where there is none
     */
    default void measured(long step, Map<String, Double> values) {}

    /** A fact about the work that a history of it keeps, such as the revision of the data. */
    default void noted(String name, String value) {}

    /** Reports nothing and is cancelled with this one: for a part of a task that reports for itself. */
    default Progress silent() {
        Progress loud = this;
        return new Progress() {
            @Override
            public boolean isCancelled() {
                return loud.isCancelled();
            }
        };
    }

    /** Whether the work should stop as soon as possible. */
    default boolean isCancelled() {
        return false;
    }

    /** @throws CancelledException if the work was cancelled */
    default void checkCancelled() {
        if (isCancelled()) {
            throw new CancelledException();
        }
    }
}
