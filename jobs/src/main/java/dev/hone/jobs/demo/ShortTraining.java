package dev.hone.jobs.demo;

import dev.hone.jobs.train.TrainResult;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Training that saw fewer images in its time than the accuracy of the demonstration takes: what it shows then says more of
 * the machine than of the method.
 *
 * @param minutes of training
 * @param images that training saw, repeated ones counted
 * @param processors that the machine lets this process use
 * @param share of the time of these processors that this process had while it trained, 0 to 1; NaN if unknown
 */
public record ShortTraining(double minutes, long images, int processors, double share) {
    /** Images after which the accuracy is above 90 %, on the usual six surfaces. */
    static final long ENOUGH = 20_000;

    /** Training alone on a machine has most of its processors. */
    private static final double BUSY_BELOW = 0.6;

    /** The clocks of the process and of the wall. */
    static final class Clock {
        private final long wall = System.nanoTime();
        private final long processor = processorTime();

        double share() {
            double most = (double) (System.nanoTime() - wall) * processors();
            return processor < 0 ? Double.NaN : (processorTime() - processor) / most;
        }

        private static long processorTime() {
            return ManagementFactory.getOperatingSystemMXBean()
                            instanceof com.sun.management.OperatingSystemMXBean system
                    ? system.getProcessCpuTime()
                    : -1;
        }

        static int processors() {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /** @return null where training saw enough images, or was cancelled */
    static ShortTraining of(double minutes, TrainResult trained, Clock clock) {
        return trained.finished()
                ? of(minutes, (long) trained.history().epochs().size() * trained.training(), clock.share())
                : null;
    }

    /** @return null where that many images are enough */
    static ShortTraining of(double minutes, long images, double share) {
        return images >= ENOUGH ? null : new ShortTraining(minutes, images, Clock.processors(), share);
    }

    /** Whether other work on the machine took the time. */
    public boolean busy() {
        return share < BUSY_BELOW;
    }

    /** The minutes that enough images take at this speed. */
    public int minutesNeeded() {
        return (int) Math.ceil(minutes * ENOUGH / Math.max(1, images));
    }

    /** What happened, in one sentence without a full stop. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "trained on %,d images, where about %,d are needed for a good model; %s",
                images,
                ENOUGH,
                busy()
                        ? String.format(
                                Locale.ROOT,
                                "other work slowed the machine (training had %.0f %% of %s)",
                                100 * share,
                                processors == 1 ? "one processor" : processors + " processors")
                        : "this machine needs more time");
    }
}
