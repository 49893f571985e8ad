package dev.hone.train.head;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.zip.CRC32C;

/**
 * Features on disk: the rows as little-endian float32, then a foot of their CRC-32C and the key of what they are of. A file
 * that is incomplete, of something else, or altered is not used.
 */
final class FeatureFile implements FeatureRows {
    static final int KEY_BYTES = 32;
    private static final int FOOT_BYTES = Long.BYTES + KEY_BYTES;
    private static final int BLOCK = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final int rows;
    private final int width;

    private FeatureFile(Path path, FileChannel channel, int rows, int width) {
        this.path = path;
        this.channel = channel;
        this.rows = rows;
        this.width = width;
    }

    /** Null where there is no such file with these rows. */
    static FeatureFile open(Path path, int rows, int width, byte[] key) {
        if (!Files.isRegularFile(path)) {
            return null;
        }
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            if (isWhole(channel, (long) rows * width * Float.BYTES, key)) {
                return new FeatureFile(path, channel, rows, width);
            }
            channel.close();
            return null;
        } catch (IOException e) {
            return null; // will be computed again
        }
    }

    private static boolean isWhole(FileChannel channel, long bytes, byte[] key) throws IOException {
        if (channel.size() != bytes + FOOT_BYTES) {
            return false;
        }
        CRC32C crc = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        for (long at = 0; at < bytes; at += block.position()) {
            block.clear().limit((int) Math.min(BLOCK, bytes - at));
            readFully(channel, block, at);
            crc.update(block.array(), 0, block.position());
        }
        ByteBuffer foot = ByteBuffer.allocate(FOOT_BYTES);
        readFully(channel, foot, bytes);
        byte[] of = new byte[KEY_BYTES];
        foot.get(Long.BYTES, of);
        return foot.getLong(0) == crc.getValue() && MessageDigest.isEqual(of, key);
    }

    private static void readFully(FileChannel channel, ByteBuffer to, long from) throws IOException {
        long at = from;
        while (to.hasRemaining()) {
            int n = channel.read(to, at);
            if (n < 0) {
                throw new IOException("the file ends at byte " + at);
            }
            at += n;
        }
    }

    /** Writes rows one after the other, then the foot. */
    static final class Writer {
        private final FileChannel channel;
        private final CRC32C crc = new CRC32C();

        Writer(FileChannel channel) {
            this.channel = channel;
        }

        void append(float[] values) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            crc.update(bytes.array());
            write(bytes);
        }

        void finish(byte[] key) throws IOException {
            write(ByteBuffer.allocate(FOOT_BYTES)
                    .putLong(crc.getValue())
                    .put(key)
                    .flip());
        }

        private void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public void read(int from, int count, float[] to) {
        ByteBuffer bytes = ByteBuffer.allocate(count * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try {
            readFully(channel, bytes, (long) from * width * Float.BYTES);
        } catch (IOException e) {
            throw new HoneException(path + ": the features cannot be read, " + FileErrors.reason(e), e);
        }
        bytes.flip().asFloatBuffer().get(to, 0, count * width);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It was only read from.
            return;
        }
    }
}
