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

    /** The same in several rounds, [rounds][models], to tell differences from noise; one round where it is told a table. */
    default double[][] rounds(List<byte[]> models) {
        return new double[][] {time(models)};
    }
}
