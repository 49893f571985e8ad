package dev.hone.jobs.train;

import dev.hone.core.Progress;
import java.util.HashSet;
import java.util.Set;

/** Passes progress on, a warning that each fold gives only once. */
record FoldProgress(Progress progress, Set<String> warned) implements Progress {
    FoldProgress(Progress progress) {
        this(progress, new HashSet<>());
    }

    @Override
    public void started(String task, long steps) {
        progress.started(task, steps);
    }

    @Override
    public void advanced(long done) {
        progress.advanced(done);
    }

    @Override
    public void detail(String text) {
        progress.detail(text);
    }

    @Override
    public void finished() {
        progress.finished();
    }

    @Override
    public void info(String line) {
        progress.info(line);
    }

    @Override
    public void warning(String line) {
        if (warned.add(line)) {
            progress.warning(line);
        }
    }

    @Override
    public boolean isCancelled() {
        return progress.isCancelled();
    }
}
