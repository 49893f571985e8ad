package dev.hone.vision.store;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.CacheFolder;
import dev.hone.core.file.FileErrors;
import dev.hone.data.DataSet;
import dev.hone.data.Notices;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Decodes a data set once, detects corrupt files and fills a {@link CacheFile}. It is written under a unique temporary
 * name and renamed when complete; a second process that wants the same cache waits for the first.
 */
final class CacheBuilder {
    private final DataSet set;
    private final ImageStore.Form form;
    private final IntConsumer progress;
    private final AtomicReference<IOException> writeFailure = new AtomicReference<>();
    private DecodedImages images;

    private CacheBuilder(DataSet set, ImageStore.Form form, IntConsumer progress) {
        this.set = set;
        this.form = form;
        this.progress = progress;
    }

    static ImageStore open(DataSet set, ImageStore.Form form, Path folder, IntConsumer progress) {
        return open(set, form, folder, progress, CacheFile.SEGMENT_BYTES);
    }

    static ImageStore open(DataSet set, ImageStore.Form form, Path folder, IntConsumer progress, long segmentBytes) {
        CacheBuilder builder = new CacheBuilder(set, form, progress);
        if (folder == null) {
            builder.decodeAll(null);
            return builder.store(null, null);
        }
        IOException failure;
        try {
            CacheFile cache = builder.mapped(folder, segmentBytes);
            if (cache != null) {
                builder.images = cache.decoded();
                return builder.store(cache, null);
            }
            failure = new IOException("the file just written is incomplete");
        } catch (IOException e) {
            failure = e;
            if (builder.images == null) {
                builder.decodeAll(null);
            }
        }
        return builder.store(
                null,
                folder + ": the image cache cannot be written, " + FileErrors.reason(failure)
                        + "; images are decoded again in every epoch, which is slower");
    }

    private CacheFile mapped(Path folder, long segmentBytes) throws IOException {
        byte[] key = CacheFile.key(set, form);
        Path path = CacheFile.path(folder, key, form);
        CacheFile cache = CacheFile.map(path, set.samples().size(), form.bytes(), key, segmentBytes);
        if (cache != null) {
            return cache;
        }
        // private where it is made here; a folder that was asked for may be shared
        CacheFolder.fault(folder);
        try (CacheLock lock = CacheLock.of(path, () -> progress.accept(0))) {
            if (lock.waited()) {
                cache = CacheFile.map(path, set.samples().size(), form.bytes(), key, segmentBytes);
            }
            if (cache == null) {
                build(path, key);
                cache = CacheFile.map(path, set.samples().size(), form.bytes(), key, segmentBytes);
            }
            return cache;
        }
    }

    private void build(Path path, byte[] key) throws IOException {
        try (AtomicFile whole = AtomicFile.beside(path)) {
            decodeAll(whole.channel());
            if (writeFailure.get() != null) {
                throw writeFailure.get();
            }
            CacheFile.finish(whole.channel(), (long) set.samples().size() * form.bytes(), images, key);
            whole.commit();
        }
    }

    /**
     * Decodes every sample and records those that fail. After a write failure decoding continues, to find corrupt
     * files.
     */
    private void decodeAll(FileChannel file) {
        images = DecodedImages.of(set.samples().size());
        AtomicInteger done = new AtomicInteger();
        IntStream.range(0, set.samples().size()).parallel().forEach(i -> {
            try {
                Image image = ImageStore.decode(
                        set.samples().get(i), form, note -> images.notes().merge(i, note, (a, b) -> a + "\n" + b));
                ByteBuffer pixels = ByteBuffer.wrap(image.pixels());
                images.checksums()[i] = CacheFile.checksum(pixels.duplicate());
                while (file != null && writeFailure.get() == null && pixels.hasRemaining()) {
                    file.write(pixels, (long) i * form.bytes() + pixels.position());
                }
            } catch (ImageException e) {
                images.corrupt().put(i, e.getMessage());
            } catch (IOException e) {
                writeFailure.compareAndSet(null, e);
            }
            progress.accept(done.incrementAndGet());
        });
    }

    /** @param cache null to decode at every read */
    private ImageStore store(CacheFile cache, String notice) {
        int[] good = IntStream.range(0, set.samples().size())
                .filter(i -> !images.corrupt().containsKey(i))
                .toArray();
        List<String> notices = new ArrayList<>();
        if (!images.corrupt().isEmpty()) {
            notices.add(set.source() + ": "
                    + Notices.count(List.copyOf(images.corrupt().values()), "corrupt file", "left out"));
        }
        if (good.length == 0) {
            throw new ImageException(String.join("; ", notices) + "; no image is left");
        }
        images.named(i -> set.samples().get(i).name())
                .forEach((note, names) ->
                        notices.add(set.source() + ": " + Notices.count(names, "image", "read with a note, " + note)));
        if (notice != null) {
            notices.add(notice);
        }
        return new Store(form, set.only(good), List.copyOf(notices), good, cache);
    }

    private record Store(ImageStore.Form form, DataSet dataSet, List<String> notices, int[] slots, CacheFile cache)
            implements ImageStore {
        @Override
        public void read(int sample, byte[] destination) {
            if (cache == null || !cache.read(slots[sample], destination)) {
                byte[] pixels = ImageStore.decode(dataSet.samples().get(sample), form, note -> {})
                        .pixels();
                System.arraycopy(pixels, 0, destination, 0, pixels.length);
            }
        }
    }
}
