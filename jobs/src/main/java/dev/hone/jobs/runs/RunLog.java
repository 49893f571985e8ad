package dev.hone.jobs.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.core.file.OutputLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The file of one run, written line by line. Each line is one write at the end of a file that no other process has, so that
 * concurrent runs do not meet and a crash loses at most the line that was being written. While it is open, it is locked.
 */
final class RunLog implements AutoCloseable {
    /** Version of the lines' format. */
    static final int FORMAT = 1;

    static final String SUFFIX = ".jsonl";
    static final String TYPE = "type";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final SecureRandom NUMBERS = new SecureRandom();
    private static final int ATTEMPTS = 100;

    private final String id;
    private final FileChannel channel;
    private final Optional<OutputLock> lock;

    private RunLog(String id, FileChannel channel, Optional<OutputLock> lock) {
        this.id = id;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes a file of a new id; ids sort by time. */
    static RunLog create(Path folder, Instant started) throws IOException {
        Files.createDirectories(folder);
        FileAlreadyExistsException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            String id = TIME.format(started) + "-" + String.format(Locale.ROOT, "%04x", NUMBERS.nextInt(1 << 16));
            Path file = folder.resolve(id + SUFFIX);
            try {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
                return new RunLog(id, channel, OutputLock.take(file));
            } catch (FileAlreadyExistsException e) {
                last = e;
            }
        }
        throw last;
    }

    String id() {
        return id;
    }

    /** @throws IOException on a full disk, for one */
    void line(String type, Map<String, ?> values) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(TYPE, type);
        line.putAll(values);
        ByteBuffer bytes = ByteBuffer.wrap((text(line) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String text(Map<String, Object> line) {
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** On disk, whatever happens to the machine. */
    void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
    }
}
