package dev.hone.compress.stream;

import java.io.IOException;
import java.util.Locale;

/** Keeps account of what is finished: tells the listener, and from time to time the journal. */
final class Checkpoints implements Workers.Log {
    private final Journal journal;
    private final FileStorage storage;
    private final StreamListener listener;
    private final long every;
    private final long total;
    private long done;
    private long written;

    /**
     * @param journal of the pieces in the storage, or null where nothing outlives this run
     * @param every so many bytes the journal is written
     */
    Checkpoints(Workers workers, Journal journal, FileStorage storage, StreamListener listener, long every) {
        this.journal = journal;
        this.storage = storage;
        this.listener = listener;
        this.every = every;
        this.total = workers.bytes();
        for (int i = 0; i < workers.count(); i++) {
            done += isDone(i) ? workers.bytes(i) : 0;
        }
        written = done;
        if (done > 0) {
            listener.resumed(done, total);
        }
    }

    @Override
    public boolean isDone(int piece) {
        return journal != null && journal.isDone(piece);
    }

    @Override
    public void done(int piece, long bytes) throws IOException {
        done += bytes;
        if (journal != null) {
            journal.setDone(piece);
            if (done - written >= every) {
                write();
            }
        }
        listener.progress(done, total);
    }

    @Override
    public boolean stops() {
        return listener.stops();
    }

    void write() throws IOException {
        storage.force();
        journal.write();
        written = done;
    }

    /** On a full disk the journal may find no room; then the one of the last checkpoint stays. */
    void writeIfPossible() {
        try {
            write();
        } catch (IOException e) {
            return;
        }
    }

    String percent() {
        return String.format(Locale.ROOT, "%.0f %%", total == 0 ? 100 : 100.0 * done / total);
    }
}
