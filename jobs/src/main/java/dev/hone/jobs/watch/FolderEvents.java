package dev.hone.jobs.watch;

import dev.hone.core.Progress;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The system's news of what changes in folders. Where it has none, it only waits. */
final class FolderEvents implements AutoCloseable {
    private final WatchService service;
    private final Progress progress;
    private final Map<WatchKey, Path> folders = new HashMap<>();
    private boolean hasWarned;

    /**
     * News since the last question.
     *
     * @param changed files and folders that came or changed
     * @param incomplete whether the system lost some
     */
    record News(List<Path> changed, boolean incomplete) {}

    private FolderEvents(WatchService service, Progress progress) {
        this.service = service;
        this.progress = progress;
    }

    static FolderEvents of(Path root, Progress progress) {
        try {
            return new FolderEvents(root.getFileSystem().newWatchService(), progress);
        } catch (IOException | UnsupportedOperationException e) {
            FolderEvents none = new FolderEvents(null, progress);
            none.warn(root, e.getMessage());
            return none;
        }
    }

    /** Listens to a folder; to the same one again without effect. */
    void register(Path folder) {
        if (service == null) {
            return;
        }
        try {
            folders.put(
                    folder.register(
                            service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY),
                    folder);
        } catch (IOException e) {
            warn(folder, FileErrors.reason(e));
        }
    }

    private void warn(Path folder, String reason) {
        if (!hasWarned) {
            hasWarned = true;
            progress.warning(
                    "the system gives no news of " + folder + " (" + reason + "); it is looked at every few seconds");
        }
    }

    /** Returns as soon as there is news. */
    News await(Duration most) {
        List<Path> changed = new ArrayList<>();
        boolean incomplete = false;
        try {
            if (service == null) {
                Thread.sleep(most.toMillis());
                return new News(changed, false);
            }
            for (WatchKey key = service.poll(most.toMillis(), TimeUnit.MILLISECONDS);
                    key != null;
                    key = service.poll()) {
                Path folder = folders.get(key);
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.kind() == StandardWatchEventKinds.OVERFLOW || folder == null) {
                        incomplete = true;
                    } else {
                        changed.add(folder.resolve((Path) event.context()));
                    }
                }
                if (!key.reset()) {
                    folders.remove(key);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new News(changed, incomplete);
    }

    @Override
    public void close() {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            progress.warning("the watch of a folder could not be closed: " + FileErrors.reason(e));
        }
    }
}
