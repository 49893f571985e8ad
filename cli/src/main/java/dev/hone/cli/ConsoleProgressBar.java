package dev.hone.cli;

import dev.hone.core.Shown;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows the progress of a task on standard error: on a terminal a bar with the remaining time, otherwise a line every
 * ten seconds.
 */
final class ConsoleProgressBar implements AutoCloseable {
    private static final boolean TERMINAL =
            System.console() != null && !"lines".equals(System.getProperty("hone.progress"));
    private static final String CLEAR_LINE = "\r\u001b[2K";
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final ProgressBar bar;
    private final String task;
    private final long total;
    private long done;
    private String extra = "";
    private long printed = System.nanoTime();

    /** @param total number of steps, or 0 if unknown */
    ConsoleProgressBar(String task, long total) {
        this.task = task;
        this.total = total;
        this.bar = !TERMINAL
                ? null
                : new ProgressBarBuilder()
                        .setTaskName(Shown.text(task))
                        .setInitialMax(total == 0 ? -1 : total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .setConsumer(new ConsoleProgressBarConsumer(ShownStream.raw(System.err)))
                        .clearDisplayOnFinish()
                        .build();
    }

    synchronized void to(long steps) {
        done = steps;
        if (bar != null) {
            bar.stepTo(steps);
        } else if (System.nanoTime() - printed > BETWEEN_LINES.toNanos()) {
            printed = System.nanoTime();
            System.err.println(
                    task + " " + done + (total == 0 ? "" : "/" + total) + (extra.isEmpty() ? "" : "  " + extra));
        }
    }

    synchronized void step() {
        to(done + 1);
    }

    /** Extra text next to the bar, such as the current loss or file. */
    void note(String text) {
        extra = text;
        if (bar != null) {
            bar.setExtraMessage(Shown.text(text));
        }
    }

    /** Clears the bar's line on a terminal, so that a line can be printed in its place; the bar is drawn anew below. */
    void clear() {
        if (bar != null) {
            ShownStream.raw(System.err).print(CLEAR_LINE);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
