package dev.hone.train.loop;

import dev.hone.core.HoneException;

/**
 * A moment by which work is to be done, by the clock that never goes backwards. Several runs that share a limit get one
 * deadline, or parts of it.
 */
public final class Deadline {
    private final long start;
    private final long end;

    private Deadline(long start, long end) {
        this.start = start;
        this.end = end;
    }

    /**
     * So many seconds from now.
     *
     * @throws HoneException if they are not more than 0
     */
    public static Deadline in(double seconds) {
        return from(System.nanoTime(), seconds);
    }

    /**
     * So many seconds after a moment.
     *
     * @param nanoTime the moment, as {@link System#nanoTime} gave it
     * @throws HoneException if they are not more than 0
     */
    public static Deadline from(long nanoTime, double seconds) {
        if (!(seconds > 0 && seconds < Long.MAX_VALUE / 4e9)) {
            throw new HoneException("time limit is " + seconds + " seconds, expected more than 0");
        }
        return new Deadline(nanoTime, nanoTime + (long) (seconds * 1e9));
    }

    /** Seconds left, negative once the moment is past. */
    public double left() {
        return (end - System.nanoTime()) / 1e9;
    }

    /** Seconds since the start. */
    public double used() {
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * The moment by which a part of the time that is left now is used.
     *
     * @param share 0 to 1
     */
    public Deadline part(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new HoneException("part of a time limit is " + share + ", expected more than 0 and at most 1");
        }
        long now = System.nanoTime();
        return new Deadline(now, now + (long) ((end - now) * share));
    }

    @Override
    public String toString() {
        return (end - start) / 1e9 + " seconds";
    }
}
