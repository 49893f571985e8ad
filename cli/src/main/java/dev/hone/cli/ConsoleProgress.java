package dev.hone.cli;

import dev.hone.core.Progress;

/** Shows the progress of a job on standard error: a bar per task, a line per message. Ctrl-C cancels the job. */
final class ConsoleProgress implements Progress, AutoCloseable {
    private ConsoleProgressBar bar;
    private volatile boolean cancelled;

    void cancel() {
        cancelled = true;
    }

    @Override
    public synchronized void started(String task, long steps) {
        finished();
        bar = new ConsoleProgressBar(task, steps);
    }

    @Override
    public synchronized void advanced(long done) {
        if (bar != null) {
            bar.to(done);
        }
    }

    @Override
    public synchronized void detail(String text) {
        if (bar != null) {
            bar.note(text);
        }
    }

    @Override
    public synchronized void finished() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public synchronized void info(String line) {
        System.err.println(line);
    }

    @Override
    public synchronized void warning(String line) {
        System.err.println("note: " + line);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void close() {
        finished();
    }
}
