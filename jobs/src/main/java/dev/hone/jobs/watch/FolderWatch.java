package dev.hone.jobs.watch;

import dev.hone.core.CancelledException;
import dev.hone.core.Progress;
import dev.hone.jobs.input.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * New files of a folder, at any depth, each handed out once it is complete: its size and time have not changed for a while.
 * The system's news of changes only make it fast; what counts are regular looks at the folder itself, so that nothing is
 * missed on network drives, in bursts, or where the system reports that it lost count.
 */
public final class FolderWatch implements AutoCloseable {
    /** So many files wait at a time; others are found at a later look. */
    private static final int MOST_WAITING = 10_000;

    /** A look takes at most this share of the time. */
    private static final int SHARE = 20;

    private static final Duration SHORTEST = Duration.ofSeconds(2);

    /** A file that cannot be read may still be written by somebody who paused. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path root;
    private final FileKind kind;
    private final Path excluded;
    private final WatchJournal journal;
    private final Duration settle;
    private final Progress progress;
    private final FolderEvents events;
    private final Map<Path, Waiting> waiting = new LinkedHashMap<>();
    private boolean isLookDue = true;
    private boolean isGone;
    private long nextLook;

    /** @param retried whether it was handed out before and could not be read */
    private record Waiting(WatchJournal.Entry entry, long since, boolean retried) {}

    /** A complete file. */
    public record Arrival(Path file, WatchJournal.Entry entry, boolean retried) {}

    /**
     * @param excluded a folder that is not watched, such as that of the results, or null
     * @param journal what was dealt with; the caller adds what it has dealt with and closes it
     * @param settle how long a file must stay unchanged
     */
    public FolderWatch(
            Path root, FileKind kind, Path excluded, WatchJournal journal, Duration settle, Progress progress) {
        this.root = root;
        this.kind = kind;
        this.excluded = excluded == null ? null : excluded.toAbsolutePath().normalize();
        this.journal = journal;
        this.settle = settle;
        this.progress = progress;
        this.events = FolderEvents.of(root, progress);
    }

    /**
     * Waits for complete files.
     *
     * @param most of them
     * @param timeout after which an empty list is returned
     */
    public List<Arrival> poll(int most, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        List<Arrival> complete = new ArrayList<>();
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancelledException();
            }
            lookIfDue();
            take(most, complete);
            long left = end - System.nanoTime();
            if (!complete.isEmpty() || left <= 0 || progress.isCancelled()) {
                return complete;
            }
            long pause = waiting.isEmpty() ? 200 : Math.max(10, Math.min(200, settle.toMillis() / 4));
            FolderEvents.News news = events.await(Duration.ofMillis(Math.min(pause, 1 + left / 1_000_000)));
            news.changed().forEach(this::changed);
            isLookDue |= news.incomplete();
        }
    }

    /** A file that could not be read is handed out once more when it had time to become complete. */
    public void retry(Arrival arrival) {
        waiting.put(arrival.file(), new Waiting(arrival.entry(), System.nanoTime() + PATIENCE.toNanos(), true));
    }

    private void lookIfDue() {
        long start = System.nanoTime();
        if (!isLookDue && start < nextLook) {
            return;
        }
        isLookDue = false;
        boolean isWhole = true;
        if (Files.isDirectory(root)) {
            if (isGone) {
                progress.warning(root + " is there again");
                isGone = false;
            }
            isWhole = look();
        } else if (!isGone) {
            isGone = true;
            progress.warning(root + " is gone; waiting for it");
        }
        long took = System.nanoTime() - start;
        nextLook = System.nanoTime() + (isWhole ? Math.max(SHORTEST.toNanos(), SHARE * took) : took);
    }

    /** Whether everything could be taken. */
    private boolean look() {
        return new FolderWalk(excluded, events::register).each(root, file -> {
            if (waiting.size() >= MOST_WAITING) {
                return false;
            }
            changed(file);
            return true;
        });
    }

    private void changed(Path file) {
        if (Files.isDirectory(file)) {
            if (!FolderWalk.isHidden(file)) {
                isLookDue = true;
            }
            return;
        }
        if (!kind.matches(file) || FolderWalk.isHidden(file)) {
            return;
        }
        WatchJournal.Entry entry = entry(file);
        Waiting was = waiting.get(file);
        if (entry != null && !journal.has(entry) && (was == null || !was.entry.equals(entry))) {
            waiting.put(file, new Waiting(entry, System.nanoTime(), false));
        }
    }

    private void take(int most, List<Arrival> complete) {
        long now = System.nanoTime();
        Map<Path, Waiting> later = new LinkedHashMap<>();
        Iterator<Map.Entry<Path, Waiting>> all = waiting.entrySet().iterator();
        while (all.hasNext() && complete.size() < most) {
            Map.Entry<Path, Waiting> one = all.next();
            Waiting was = one.getValue();
            if (now - was.since < settle.toNanos()) {
                continue;
            }
            all.remove();
            WatchJournal.Entry entry = entry(one.getKey());
            if (entry == null) {
                continue; // deleted or moved away
            }
            boolean isPatient = entry.size() == 0 && !was.retried;
            if (!entry.equals(was.entry)) {
                later.put(one.getKey(), new Waiting(entry, now, false));
            } else if (isPatient) {
                later.put(one.getKey(), new Waiting(entry, now + PATIENCE.toNanos(), true));
            } else if (!journal.has(entry)) {
                complete.add(new Arrival(one.getKey(), entry, was.retried));
            }
        }
        waiting.putAll(later);
    }

    /** Null if there is no such regular file. */
    private WatchJournal.Entry entry(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? new WatchJournal.Entry(
                            root.relativize(file).toString(),
                            attributes.size(),
                            attributes.lastModifiedTime().toMillis())
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
