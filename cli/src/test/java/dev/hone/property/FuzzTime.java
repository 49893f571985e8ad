package dev.hone.property;

import java.time.Duration;

/** How long fuzzing takes, in all: {@code -Dhone.fuzz.minutes}, 0 by default. */
public final class FuzzTime {
    private static final String PROPERTY = "hone.fuzz.minutes";

    private FuzzTime() {}

    /** @param of between 0 and 1 */
    public static Duration share(double of) {
        double minutes = Double.parseDouble(System.getProperty(PROPERTY, "0"));
        return Duration.ofMillis(Math.round(minutes * 60_000 * of));
    }
}
