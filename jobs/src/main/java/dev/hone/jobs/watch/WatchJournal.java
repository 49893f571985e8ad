package dev.hone.jobs.watch;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files were dealt with: a line {@code size modified path} for each, appended as soon as that has happened. A file
 * whose size or time changed counts as another one. Only one process may hold a journal.
 */
public final class WatchJournal implements AutoCloseable {
    /**
     * A file as it was seen.
     *
     * @param name its path below the watched folder
     * @param size in bytes
     * @param modified in milliseconds since 1970
     */
    public record Entry(String name, long size, long modified) {
        private String line() {
            return size + " " + modified + " "
                    + name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") + "\n";
        }

        /** 64 bits of a digest: a million names take a few dozen megabytes. */
        private long key() {
            return WatchJournal.key(line().strip());
        }
    }

    private static final Pattern LINE = Pattern.compile("\\d{1,18} -?\\d{1,18} .+");

    /** What a killed process may have left of one. */
    private static final Pattern BEGINNING = Pattern.compile("\\d{0,18}|\\d{1,18} -?\\d{0,18}( .*)?");

    private final Path file;
    private final FileChannel channel;
    private final Set<Long> seen = new HashSet<>();

    private WatchJournal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a journal, or starts one; folders are made.
     *
     * @throws HoneException if it cannot be read or written, is damaged, or another process holds it
     */
    public static WatchJournal open(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            WatchJournal journal = new WatchJournal(file, channel);
            try {
                journal.lock();
                journal.read();
                return journal;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new HoneException("cannot write the journal " + file + ": " + FileErrors.reason(e), e);
        }
    }

    private void lock() throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this process.
        }
        throw new HoneException(file + " is in use: the folder is being watched already with this journal; stop the "
                + "other process, or give another journal");
    }

    /** Cuts off a line that a killed process did not finish, once everything else is known to be a journal. */
    private void read() throws IOException {
        long end = WholeLines.end(channel);
        // Not by another channel: on POSIX systems its end would release the lock.
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(Channels.newInputStream(channel.position(0)), StandardCharsets.UTF_8));
        long at = 0;
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            boolean whole = at < end;
            if (!(whole ? LINE : BEGINNING).matcher(line).matches()) {
                throw new HoneException(file + ", line " + number + ": not a journal of watched files, expected "
                        + "'size modified path'; give another file, or delete it");
            }
            if (whole) {
                seen.add(key(line.strip()));
            }
            at += line.getBytes(StandardCharsets.UTF_8).length + 1;
            number++;
        }
        channel.truncate(end);
        channel.position(end);
    }

    private static long key(String line) {
        return ByteBuffer.wrap(Sha256.digest().digest(line.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    /** How many files it remembers. */
    public int size() {
        return seen.size();
    }

    public boolean has(Entry entry) {
        return seen.contains(entry.key());
    }

    /** @throws HoneException if the line cannot be written */
    public void add(Entry entry) {
        if (seen.add(entry.key())) {
            try {
                ByteBuffer line = ByteBuffer.wrap(entry.line().getBytes(StandardCharsets.UTF_8));
                while (line.hasRemaining()) {
                    channel.write(line);
                }
            } catch (IOException e) {
                throw new HoneException("cannot write the journal " + file + ": " + FileErrors.reason(e), e);
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new HoneException("cannot write the journal " + file + ": " + FileErrors.reason(e), e);
        }
    }
}
