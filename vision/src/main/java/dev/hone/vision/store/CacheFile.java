package dev.hone.vision.store;

import dev.hone.core.file.Sha256;
import dev.hone.data.DataSet;
import dev.hone.data.Input;
import dev.hone.data.Sample;
import dev.hone.vision.image.ImageFiles;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The file behind {@link ImageStore}: the pixels of every sample in order, each {@link ImageStore.Form#bytes()} long,
 * then what was found while decoding, a checksum of each image, and a foot of two numbers and the key: where the pixels
 * end, the checksum of what follows them. The key is the SHA-256 of the form, of how images are read, and of the name,
 * size and modification time of every file, so changed data get another cache file. A file that was altered is not used.
 */
final class CacheFile {
    private static final int KEY_BYTES = 32;
    private static final int FOOT_BYTES = 2 * Long.BYTES + KEY_BYTES;
    /** Java maps at most 2 GiB at once. */
    static final long SEGMENT_BYTES = 1L << 30;

    private final MappedByteBuffer[] segments;
    private final int perSegment;
    private final int imageBytes;
    private final DecodedImages decoded;

    private CacheFile(MappedByteBuffer[] segments, int perSegment, int imageBytes, DecodedImages decoded) {
        this.segments = segments;
        this.perSegment = perSegment;
        this.imageBytes = imageBytes;
        this.decoded = decoded;
    }

    static byte[] key(DataSet set, ImageStore.Form form) throws IOException {
        MessageDigest digest = Sha256.digest();
        digest.update(("images 2 " + ImageFiles.REVISION + " " + form + " "
                        + set.root().toAbsolutePath().normalize() + "\n")
                .getBytes(StandardCharsets.UTF_8));
        for (Sample s : set.samples()) {
            digest.update((s.name() + "\0" + state(s.input()) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest();
    }

    /** Identifies the content: differs if the content does. */
    private static String state(Input input) throws IOException {
        if (!(input instanceof Input.OfFile of)) {
            try (InputStream content = input.open()) {
                return Sha256.of(content);
            }
        }
        BasicFileAttributes a = Files.readAttributes(of.file(), BasicFileAttributes.class);
        return a.size() + "\0" + a.lastModifiedTime().toInstant();
    }

    static Path path(Path folder, byte[] key, ImageStore.Form form) {
        return folder.resolve("images-" + HexFormat.of().formatHex(key, 0, 8) + "-" + form.channels() + "x"
                + form.height() + "x" + form.width() + ".bin");
    }

    /** Writes what follows the pixels. */
    static void finish(FileChannel file, long pixelsEnd, DecodedImages decoded, byte[] key) throws IOException {
        byte[] found = decoded.toBytes();
        file.position(pixelsEnd);
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(file));
        out.write(found);
        out.writeLong(pixelsEnd);
        out.writeLong(checksum(ByteBuffer.wrap(found)));
        out.write(key);
        out.flush();
        file.force(false);
    }

    /** Maps a file into memory; null if it is missing, incomplete, of other data, or altered. */
    static CacheFile map(Path path, int samples, int imageBytes, byte[] key, long segmentBytes) {
        if (!Files.isRegularFile(path)) {
            return null;
        }
        long end = (long) samples * imageBytes;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            long length = file.size() - FOOT_BYTES - end;
            if (length < 0 || length > Integer.MAX_VALUE) {
                return null;
            }
            ByteBuffer rest = ByteBuffer.allocate((int) length + FOOT_BYTES);
            file.position(end);
            while (rest.hasRemaining()) {
                if (file.read(rest) < 0) {
                    return null;
                }
            }
            ByteBuffer foot = rest.slice((int) length, FOOT_BYTES);
            byte[] of = new byte[KEY_BYTES];
            foot.get(2 * Long.BYTES, of);
            if (foot.getLong(0) != end
                    || foot.getLong(Long.BYTES) != checksum(rest.slice(0, (int) length))
                    || !MessageDigest.isEqual(of, key)) {
                return null;
            }
            DecodedImages decoded = DecodedImages.read(
                    new DataInputStream(new ByteArrayInputStream(rest.array(), 0, (int) length)), samples);
            int perSegment = (int) Math.max(1, segmentBytes / imageBytes);
            MappedByteBuffer[] segments = new MappedByteBuffer[(samples + perSegment - 1) / perSegment];
            for (int i = 0; i < segments.length; i++) {
                long from = (long) i * perSegment * imageBytes;
                segments[i] = file.map(
                        FileChannel.MapMode.READ_ONLY, from, Math.min((long) perSegment * imageBytes, end - from));
            }
            CacheFile cache = new CacheFile(segments, perSegment, imageBytes, decoded);
            return cache.isWhole() ? cache : null;
        } catch (IOException e) {
            return null; // will be rebuilt
        }
    }

    /** The CRC-32C of the bytes that remain. */
    static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private ByteBuffer slice(int sample) {
        return segments[sample / perSegment].slice(sample % perSegment * imageBytes, imageBytes);
    }

    private boolean isWhole() {
        int[] checksums = decoded.checksums();
        return IntStream.range(0, checksums.length)
                .parallel()
                .allMatch(i -> decoded.corrupt().containsKey(i) || checksum(slice(i)) == checksums[i]);
    }

    /** What was found when the images were decoded. */
    DecodedImages decoded() {
        return decoded;
    }

    /**
     * Copies the pixels of a sample.
     *
     * @return false if they were altered since the file was opened
     */
    boolean read(int sample, byte[] destination) {
        try {
            slice(sample).get(destination, 0, imageBytes);
        } catch (InternalError e) {
            return false; // Java's answer to a mapped file that was cut
        }
        return checksum(ByteBuffer.wrap(destination, 0, imageBytes)) == decoded.checksums()[sample];
    }
}
