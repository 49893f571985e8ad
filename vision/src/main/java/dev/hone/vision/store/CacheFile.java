package dev.hone.vision.store;

import dev.hone.core.file.Sha256;
import dev.hone.data.DataSet;
import dev.hone.data.Input;
import dev.hone.data.Sample;
import dev.hone.vision.image.ImageException;
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
import java.util.Map;
import java.util.TreeMap;

/**
 * The file behind {@link ImageStore}: the pixels of every sample in order, each {@link ImageStore.Form#bytes()} long,
 * then the corrupt samples (index and message), then the offset of that list and the key. The key is the SHA-256 of the
 * form and of the name, size and modification time of every file, so changed data get another cache file.
 */
final class CacheFile {
    private static final int KEY_BYTES = 32;
    /** Java maps at most 2 GiB at once. */
    static final long SEGMENT_BYTES = 1L << 30;

    private final MappedByteBuffer[] segments;
    private final int perSegment;
    private final int imageBytes;
    private final Map<Integer, String> corrupt;

    private CacheFile(MappedByteBuffer[] segments, int perSegment, int imageBytes, Map<Integer, String> corrupt) {
        this.segments = segments;
        this.perSegment = perSegment;
        this.imageBytes = imageBytes;
        this.corrupt = corrupt;
    }

    static byte[] key(DataSet set, ImageStore.Form form) throws IOException {
        MessageDigest digest = Sha256.digest();
        digest.update(("images 1 " + form + " " + set.root().toAbsolutePath().normalize() + "\n")
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

    /** Writes the trailer after the pixels. */
    static void finish(FileChannel file, long pixelsEnd, Map<Integer, String> corrupt, byte[] key) throws IOException {
        file.position(pixelsEnd);
        DataOutputStream out = new DataOutputStream(Channels.newOutputStream(file));
        out.writeInt(corrupt.size());
        for (Map.Entry<Integer, String> e : corrupt.entrySet()) {
            out.writeInt(e.getKey());
            byte[] message = e.getValue().getBytes(StandardCharsets.UTF_8);
            out.writeInt(message.length);
            out.write(message);
        }
        out.writeLong(pixelsEnd);
        out.write(key);
        out.flush();
        file.force(false);
    }

    /** Maps a complete file into memory; null if it is missing or incomplete. */
    static CacheFile map(Path path, int samples, int imageBytes, byte[] key, long segmentBytes) {
        if (!Files.isRegularFile(path)) {
            return null;
        }
        long end = (long) samples * imageBytes;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer foot = ByteBuffer.allocate(Long.BYTES + KEY_BYTES);
            if (file.size() < end + foot.capacity()) {
                return null;
            }
            file.position(file.size() - foot.capacity());
            if (file.read(foot) < foot.capacity() || foot.getLong(0) != end) {
                return null;
            }
            byte[] found = new byte[KEY_BYTES];
            foot.get(Long.BYTES, found);
            if (!MessageDigest.isEqual(found, key)) {
                return null;
            }
            Map<Integer, String> corrupt = corrupt(file, end);
            int perSegment = (int) Math.max(1, segmentBytes / imageBytes);
            MappedByteBuffer[] segments = new MappedByteBuffer[(samples + perSegment - 1) / perSegment];
            for (int i = 0; i < segments.length; i++) {
                long from = (long) i * perSegment * imageBytes;
                segments[i] = file.map(
                        FileChannel.MapMode.READ_ONLY, from, Math.min((long) perSegment * imageBytes, end - from));
            }
            return new CacheFile(segments, perSegment, imageBytes, corrupt);
        } catch (IOException e) {
            return null; // will be rebuilt
        }
    }

    private static Map<Integer, String> corrupt(FileChannel file, long at) throws IOException {
        Map<Integer, String> corrupt = new TreeMap<>();
        file.position(at);
        InputStream stream = Channels.newInputStream(file);
        DataInputStream in = new DataInputStream(stream);
        int n = in.readInt();
        for (int i = 0; i < n; i++) {
            int sample = in.readInt();
            corrupt.put(sample, new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        return corrupt;
    }

    Map<Integer, String> corrupt() {
        return corrupt;
    }

    void read(int sample, byte[] destination) {
        if (sample < 0 || sample / perSegment >= segments.length) {
            throw new ImageException("sample " + sample + " is not in the cache");
        }
        segments[sample / perSegment].get(sample % perSegment * imageBytes, destination, 0, imageBytes);
    }
}
