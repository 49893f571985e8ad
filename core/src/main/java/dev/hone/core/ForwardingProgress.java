package dev.hone.core;

import java.util.Map;

/** Hands on everything to another progress: for those that change or note a part of it. */
public class ForwardingProgress implements Progress {
    private final Progress next;

    /** @param next gets what is not overridden */
    protected ForwardingProgress(Progress next) {
        this.next = next;
    }

    @Override
    public void started(String task, long steps) {
        next.started(task, steps);
    }

    @Override
    public void advanced(long done) {
        next.advanced(done);
    }

    @Override
    public void detail(String text) {
        next.detail(text);
    }

    @Override
    public void finished() {
        next.finished();
    }

    @Override
    public void info(String line) {
        next.info(line);
    }

    @Override
    public void warning(String line) {
        next.warning(line);
    }

    @Override
    public void measured(long step, Map<String, Double> values) {
        next.measured(step, values);
    }

    @Override
    public void noted(String name, String value) {
        next.noted(name, value);
    }

    @Override
    public boolean isCancelled() {
        return next.isCancelled();
    }
}
