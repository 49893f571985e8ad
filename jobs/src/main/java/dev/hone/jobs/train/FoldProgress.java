package dev.hone.jobs.train;

import dev.hone.core.ForwardingProgress;
import dev.hone.core.Progress;
import java.util.HashSet;
import java.util.Set;

/** Passes progress on, a warning that each fold gives only once. */
final class FoldProgress extends ForwardingProgress {
    private final Set<String> warned = new HashSet<>();

    FoldProgress(Progress progress) {
        super(progress);
    }

    @Override
    public void warning(String line) {
        if (warned.add(line)) {
            super.warning(line);
        }
    }
}
