package dev.hone.vision.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lets one thread of one process at a time fill a cache file, so that work is not done twice. A file system without
 * locks only costs that: the file is complete whoever writes it.
 */
final class CacheLock implements AutoCloseable {
    private static final long POLL_MILLIS = 100;

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final boolean waited;

    private CacheLock(Path file, FileChannel channel, FileLock lock, boolean waited) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.waited = waited;
    }

    /**
     * Waits until nobody else fills {@code target}, whose folder must exist.
     *
     * @param waiting called now and then while waiting; may throw to give up
     */
    static CacheLock of(Path target, Runnable waiting) throws IOException {
        Path file = target.resolveSibling("." + target.getFileName() + ".lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try {
            boolean waited = false;
            FileLock lock = lock(channel);
            while (lock == null) {
                waited = true;
                waiting.run();
                Thread.sleep(POLL_MILLIS);
                lock = lock(channel);
            }
            return new CacheLock(file, channel, lock, waited);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            channel.close();
            throw new IOException("interrupted while waiting for another process", e);
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        } catch (IOException e) {
            return new CacheLock(file, channel, null, false);
        }
    }

    /** Null while another thread or process holds it. */
    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Whether another one held it, and may have filled the file. */
    boolean waited() {
        return waited;
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            Files.deleteIfExists(file);
            lock.release();
        }
        channel.close();
    }
}
