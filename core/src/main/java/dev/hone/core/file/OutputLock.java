package dev.hone.core.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Holds an output for one writer at a time: a locked file beside it, deleted at the end. The lock is the operating
 * system's and ends with its process, however that ends; a file that is left over does not block.
 */
public final class OutputLock implements AutoCloseable {
    private static final int ATTEMPTS = 20;

    /** Bytes of the locked file at most: file systems without holes write them all. */
    private static final int LARGEST = 1 << 16;

    private static final SecureRandom NUMBERS = new SecureRandom();

    private final Path file;
    private final FileChannel channel;

    private OutputLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * @param output need not exist; its folder must
     * @return nothing if another job holds it, in this process or another one
     * @throws IOException if no file can be made beside it
     */
    public static Optional<OutputLock> take(Path output) throws IOException {
        Path target = AtomicFile.target(output);
        Path file = target.resolveSibling(".hone-" + AtomicFile.key(target) + ".lock");
        for (int i = 0; i < ATTEMPTS; i++) {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            if (!locked(channel)) {
                channel.close();
                return Optional.empty();
            }
            OutputLock lock = new OutputLock(file, channel);
            if (lock.isOfItsName()) {
                return Optional.of(lock);
            }
            channel.close();
        }
        return Optional.empty();
    }

    /**
     * Who held it before may have deleted this file after it was opened here, and another one may lie there by now. The
     * size tells whether it is the same; to open it for that would end the lock.
     */
    private boolean isOfItsName() throws IOException {
        int number = 1 + NUMBERS.nextInt(LARGEST);
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(new byte[1]), number - 1L);
        } catch (IOException e) {
            close(); // on a full disk
            throw e;
        }
        return Files.exists(file) && Files.size(file) == number;
    }

    private static boolean locked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            // The file system has no locks; each file is still written whole.
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(file);
        } finally {
            channel.close();
        }
    }
}
