package dev.hone.compress.quantize;

import java.util.List;

/** Tells how long models take. A test hands in a table. */
@FunctionalInterface
public interface Stopwatch {
    /**
     * Times models against each other.
     *
     * @param models as their files hold them
     * @return milliseconds of one run of each, undisturbed
     */
    double[] time(List<byte[]> models);
}
