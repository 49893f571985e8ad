package dev.hone.jobs.runs;

import java.util.Locale;

/** How a run ended, if it did. */
public enum Outcome {
    RUNNING,
    FINISHED,
    /** Cancelled, or its process ended without a word. */
    INTERRUPTED,
    FAILED;

    /** As it is written and shown. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
