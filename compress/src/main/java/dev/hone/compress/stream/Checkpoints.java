package dev.hone.compress.stream;

import dev.hone.core.Progress;
import dev.hone.core.text.Figures;
import java.io.IOException;
import java.util.BitSet;
import java.util.Locale;

/** Keeps account of what is finished: progress hears of each piece, the journal from time to time. */
final class Checkpoints implements ConversionWorkers.Log {
    private static final long SECONDS_BETWEEN = 15;

    private final Journal journal;
    private final FileStorage storage;
    private final Progress progress;
    private final long begun = System.nanoTime();
    private final long resumed;
    private long journaled = System.nanoTime();
    private final long every;
    private final long total;
    private long done;
    private long written;
    private boolean writing;

    /**
     * @param journal of the pieces in the storage, or null where nothing outlives this run
     * @param every so many bytes the journal is written, and every {@value #SECONDS_BETWEEN} seconds: a kill costs no
     *     more on a slow disk
     */
    Checkpoints(ConversionWorkers workers, Journal journal, FileStorage storage, Progress progress, long every) {
        this.journal = journal;
        this.storage = storage;
        this.progress = progress;
        this.every = every;
        this.total = workers.bytes();
        for (int i = 0; i < workers.count(); i++) {
            done += isDone(i) ? workers.bytes(i) : 0;
        }
        written = done;
        resumed = done;
        progress.started("converting, bytes", total);
        if (done > 0) {
            progress.info(String.format(
                    Locale.ROOT,
                    "resuming after %s of %s that an earlier run finished",
                    Figures.bytes(done),
                    Figures.bytes(total)));
            progress.advanced(done);
        }
    }

    @Override
    public boolean isDone(int piece) {
        return journal != null && journal.isDone(piece);
    }

    @Override
    public ConversionWorkers.Errand done(int piece, long bytes) {
        done += bytes;
        progress.advanced(done);
        double seconds = (System.nanoTime() - begun) / 1e9;
        progress.detail(String.format(Locale.ROOT, "%.0f MB/s", (done - resumed) / 1e6 / seconds));
        if (journal == null) {
            return null;
        }
        journal.setDone(piece);
        long now = System.nanoTime();
        if (writing || done - written < every && now - journaled < SECONDS_BETWEEN * 1_000_000_000L) {
            return null;
        }
        journaled = now;
        writing = true;
        written = done;
        BitSet finished = journal.done();
        return () -> write(finished);
    }

    /** What was finished when this was asked for reaches the disk, and then the journal says so. */
    private void write(BitSet finished) throws IOException {
        storage.force();
        journal.write(finished);
        synchronized (this) {
            writing = false;
        }
    }

    @Override
    public boolean stops() {
        return progress.isCancelled();
    }

    /** After the work. */
    void write() throws IOException {
        write(journal.done());
    }

    /** On a full disk too, unless not even the pieces reach it; then the journal of the last checkpoint stays. */
    void writeIfPossible() {
        try {
            storage.force();
            journal.overwrite();
        } catch (IOException e) {
            return;
        }
    }

    String percent() {
        return String.format(Locale.ROOT, "%.0f %%", total == 0 ? 100 : 100.0 * done / total);
    }
}
