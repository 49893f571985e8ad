package dev.hone.vision.store;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.data.DataSet;
import dev.hone.data.Notices;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Decodes a data set once, detects corrupt files and fills a {@link CacheFile}. It is written under a unique temporary
 * name and renamed when complete, so that two processes can build the same cache at the same time.
 */
final class CacheBuilder {
    private final DataSet set;
    private final ImageStore.Form form;
    private final Map<Integer, String> corrupt = new ConcurrentSkipListMap<>();
    private final AtomicReference<IOException> writeFailure = new AtomicReference<>();
    private boolean decoded;

    private CacheBuilder(DataSet set, ImageStore.Form form) {
        this.set = set;
        this.form = form;
    }

    static ImageStore open(DataSet set, ImageStore.Form form, Path folder, IntConsumer progress) {
        return open(set, form, folder, progress, CacheFile.SEGMENT_BYTES);
    }

    static ImageStore open(DataSet set, ImageStore.Form form, Path folder, IntConsumer progress, long segmentBytes) {
        CacheBuilder builder = new CacheBuilder(set, form);
        if (folder == null) {
            builder.decodeAll(null, progress);
            return builder.store(null, null);
        }
        IOException failure;
        try {
            byte[] key = CacheFile.key(set, form);
            Path path = CacheFile.path(folder, key, form);
            CacheFile cache = CacheFile.map(path, set.samples().size(), form.bytes(), key, segmentBytes);
            if (cache == null) {
                builder.build(path, key, progress);
                cache = CacheFile.map(path, set.samples().size(), form.bytes(), key, segmentBytes);
            }
            if (cache != null) {
                builder.corrupt.putAll(cache.corrupt());
                return builder.store(cache, null);
            }
            failure = new IOException("the file just written is incomplete");
        } catch (IOException e) {
            failure = e;
            if (!builder.decoded) {
                builder.decodeAll(null, progress);
            }
        }
        return builder.store(
                null,
                folder + ": the image cache cannot be written, " + FileErrors.reason(failure)
                        + "; images are decoded again in every epoch, which is slower");
    }

    private void build(Path path, byte[] key, IntConsumer progress) throws IOException {
        Files.createDirectories(path.getParent());
        try (AtomicFile whole = AtomicFile.beside(path)) {
            decodeAll(whole.channel(), progress);
            if (writeFailure.get() != null) {
                throw writeFailure.get();
            }
            CacheFile.finish(whole.channel(), (long) set.samples().size() * form.bytes(), corrupt, key);
            whole.commit();
        }
    }

    /**
     * Decodes every sample and records those that fail. After a write failure decoding continues, to find corrupt
     * files.
     */
    private void decodeAll(FileChannel file, IntConsumer progress) {
        decoded = true;
        AtomicInteger done = new AtomicInteger();
        IntStream.range(0, set.samples().size()).parallel().forEach(i -> {
            try {
                Image image = ImageStore.decode(set.samples().get(i), form, note -> {});
                if (file != null && writeFailure.get() == null) {
                    ByteBuffer pixels = ByteBuffer.wrap(image.pixels());
                    while (pixels.hasRemaining()) {
                        file.write(pixels, (long) i * form.bytes() + pixels.position());
                    }
                }
            } catch (ImageException e) {
                corrupt.put(i, e.getMessage());
            } catch (IOException e) {
                writeFailure.compareAndSet(null, e);
            }
            progress.accept(done.incrementAndGet());
        });
    }

    /** @param cache null to decode at every read */
    private ImageStore store(CacheFile cache, String notice) {
        int[] good = IntStream.range(0, set.samples().size())
                .filter(i -> !corrupt.containsKey(i))
                .toArray();
        List<String> notices = new ArrayList<>();
        if (!corrupt.isEmpty()) {
            notices.add(set.source() + ": " + Notices.count(List.copyOf(corrupt.values()), "corrupt file", "left out"));
        }
        if (good.length == 0) {
            throw new ImageException(String.join("; ", notices) + "; no image is left");
        }
        if (notice != null) {
            notices.add(notice);
        }
        return new Store(form, set.only(good), List.copyOf(notices), good, cache);
    }

    private record Store(ImageStore.Form form, DataSet dataSet, List<String> notices, int[] slots, CacheFile cache)
            implements ImageStore {
        @Override
        public void read(int sample, byte[] destination) {
            if (cache != null) {
                cache.read(slots[sample], destination);
            } else {
                byte[] pixels = ImageStore.decode(dataSet.samples().get(sample), form, note -> {})
                        .pixels();
                System.arraycopy(pixels, 0, destination, 0, pixels.length);
            }
        }
    }
}
