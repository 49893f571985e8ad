package dev.hone.vision.duplicates;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.CacheFolder;
import dev.hone.core.file.Sha256;
import dev.hone.data.DataSet;
import dev.hone.vision.store.ImageStore;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Keeps what was found in a data set beside its decoded images, under a name that changes with the files. A file that cannot
 * be read or written only costs another search.
 */
final class LikeImagesFile {
    private final Path file;
    private final byte[] key;
    private final int size;

    private LikeImagesFile(Path file, byte[] key, int size) {
        this.file = file;
        this.key = key;
        this.size = size;
    }

    /** @param folder null for none */
    static LikeImagesFile of(DataSet set, Path folder) {
        int size = set.samples().size();
        if (folder == null) {
            return new LikeImagesFile(null, null, size);
        }
        try {
            MessageDigest digest = Sha256.digest();
            digest.update(ImageStore.key(set, NearDuplicates.FORM));
            digest.update(("duplicates " + NearDuplicates.REVISION).getBytes(StandardCharsets.UTF_8));
            byte[] key = digest.digest();
            return new LikeImagesFile(
                    folder.resolve("duplicates-" + HexFormat.of().formatHex(key, 0, 8) + ".bin"), key, size);
        } catch (IOException e) {
            return new LikeImagesFile(null, null, size);
        }
    }

    /** Null if nothing is kept for these files, or it was altered. */
    LikeImages read() {
        if (file == null || !Files.isRegularFile(file)) {
            return null;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            byte[] found = in.readNBytes(key.length);
            int count = in.readInt();
            if (!MessageDigest.isEqual(found, key) || count < 0 || count > Files.size(file)) {
                return null;
            }
            List<LikePair> pairs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                LikePair pair = new LikePair(
                        in.readInt(), in.readInt(), LikePair.Kind.values()[in.readUnsignedByte()], in.readDouble());
                if (pair.first() < 0 || pair.second() >= size || pair.first() >= pair.second()) {
                    return null;
                }
                pairs.add(pair);
            }
            int[] groups = new int[size];
            for (int i = 0; i < size; i++) {
                groups[i] = in.readInt();
                if (groups[i] < 0 || groups[i] >= size) {
                    return null;
                }
            }
            return in.read() < 0 ? new LikeImages(pairs, groups) : null;
        } catch (IOException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    void write(LikeImages found) {
        if (file == null) {
            return;
        }
        try {
            CacheFolder.fault(file.getParent());
            AtomicFile.write(file, to -> {
                DataOutputStream out = new DataOutputStream(to);
                out.write(key);
                out.writeInt(found.pairs().size());
                for (LikePair pair : found.pairs()) {
                    out.writeInt(pair.first());
                    out.writeInt(pair.second());
                    out.writeByte(pair.kind().ordinal());
                    out.writeDouble(pair.likeness());
                }
                for (int group : found.groups()) {
                    out.writeInt(group);
                }
                out.flush();
            });
        } catch (IOException e) {
            // searched again the next time
        }
    }
}
