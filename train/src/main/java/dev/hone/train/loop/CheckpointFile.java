package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.train.step.TrainingState;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The checkpoint file of a run: when it is written, and who may go on from it. */
final class CheckpointFile {
    /** They are at least this far apart, so that large models do not spend their time on the disk. */
    private static final long APART_NANOS = 60_000_000_000L;
    /** Training goes on for so many times what the last one took before the next. */
    private static final long APART = 20;

    private final Path file;
    private final String identity;
    private final TrainingState state;
    private final BestModel best;
    private final RunState run;
    private long next = System.nanoTime() + APART_NANOS;

    /** @param file null for none */
    CheckpointFile(Path file, String identity, TrainingState state, BestModel best, RunState run) {
        this.file = file;
        this.identity = identity;
        this.state = state;
        this.best = best;
        this.run = run;
    }

    /**
     * Writes one if the last was written long enough ago. A full disk is no reason to lose the training that is under way:
     * there may be room again before its end.
     */
    void writeWhenDue(Pace pace, TrainingListener listener) {
        if (System.nanoTime() >= next) {
            tryToWrite(false, pace, listener);
        }
    }

    /** Writes one and says where it cannot be written. */
    void tryToWrite(boolean finished, Pace pace, TrainingListener listener) {
        if (file == null) {
            return;
        }
        long start = System.nanoTime();
        try {
            write(finished, pace.used());
        } catch (HoneException e) {
            listener.checkpointFailed(e.getMessage());
        }
        long took = System.nanoTime() - start;
        pace.checkpointed(took / 1e9);
        next = System.nanoTime() + Math.max(APART_NANOS, APART * took);
    }

    /**
     * @param finished whether the run came to its end
     * @param used seconds of a time limit
     * @throws HoneException if it cannot be written; the one before it is unharmed
     */
    void write(boolean finished, double used) {
        if (file == null) {
            return;
        }
        Map<String, FloatBuffer> vectors = new LinkedHashMap<>();
        state.names().forEach(name -> vectors.put(name, state.vector(name)));
        new Checkpoint(
                        identity,
                        finished,
                        state.step(),
                        run.epoch(),
                        run.inEpoch(),
                        run.planned(),
                        run.restart(),
                        used,
                        run.restartSeconds(),
                        run.lossSum(),
                        run.metricSums(),
                        run.sinceBest(),
                        run.history().epochs(),
                        best.vectors(),
                        vectors)
                .write(file);
    }

    /**
     * Goes on from the checkpoint, if there is one that this run continues.
     *
     * @return seconds of a time limit that were used before
     * @throws HoneException if it belongs to another run that is not finished, or cannot be read
     */
    double resume(TrainingListener listener) {
        if (file == null || !Files.exists(file)) {
            return 0;
        }
        Checkpoint saved = Checkpoint.read(file);
        boolean longer = RunIdentity.isLonger(identity, saved.identity());
        if (saved.finished() && !longer) {
            return 0;
        }
        if (!longer && !saved.identity().equals(identity)) {
            throw new HoneException(file + ": the checkpoint belongs to a different run: "
                    + RunIdentity.differences(saved.identity(), identity)
                    + "; delete it to start from scratch, or use the options it was made with");
        }
        for (String name : state.names()) {
            state.vector(name).put(saved.state().get(name));
        }
        state.resumeAt(saved.step());
        run.restore(saved);
        best.restore(saved.best());
        listener.resumed(file, run.epoch(), saved.finished());
        return saved.seconds();
    }
}
