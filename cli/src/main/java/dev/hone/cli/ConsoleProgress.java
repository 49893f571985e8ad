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
        error(line);
    }

    @Override
    public synchronized void warning(String line) {
        error("note: " + line);
    }

    /** Prints a line on standard error while a task runs. */
    synchronized void error(String line) {
        clear();
        System.err.println(line);
    }

    /** Prints results on standard output while a task runs. */
    synchronized void result(String text) {
        clear();
        System.out.print(text);
        System.out.flush();
    }

    private void clear() {
        if (bar != null) {
            bar.clear();
        }
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
