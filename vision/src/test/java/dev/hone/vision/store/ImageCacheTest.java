package dev.hone.vision.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.data.DataSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of an {@link ImageStore}, in the hands of others. */
class ImageCacheTest {
    private static final ImageStore.Form FORM = CachedData.FORM;

    @TempDir
    Path folder;

    private CachedData cached;
    private Path data;
    private Path caches;

    @BeforeEach
    void makeData() {
        cached = CachedData.in(folder);
        data = cached.data();
        caches = cached.caches();
    }

    private Path cache() throws IOException {
        return cached.cacheFiles().get(0);
    }

    /** One bit anywhere: in the pixels of an image, in what follows them, in the foot. */
    @Test
    void alteredCacheIsRebuilt() throws IOException {
        Folders.text(data.resolve("a/i4.png"), "no image");
        ImageStore first = cached.open(caches);
        byte[] whole = Files.readAllBytes(cache());
        for (int at = 0; at < whole.length; at += 7) {
            if (at / FORM.bytes() == 4) {
                continue; // of the file that is no image
            }
            byte[] altered = whole.clone();
            altered[at] ^= 4;
            Files.write(cache(), altered);
            ImageStore store = cached.open(caches);
            assertThat(Arrays.equals(Files.readAllBytes(cache()), whole))
                    .as("rebuilt after a change of byte %s", at)
                    .isTrue();
            assertThat(store.notices()).isEqualTo(first.notices());
            for (int i = 0; i < 8; i++) {
                assertThat(store.image(i)).as("byte %s", at).isEqualTo(first.image(i));
            }
        }
    }

    @Test
    void cacheAlteredWhileInUseIsNotRead() throws IOException {
        byte[] before = cached.open(null).image(3).pixels();
        ImageStore store = cached.open(caches);
        try (FileChannel file = FileChannel.open(cache(), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[FORM.bytes()]), 3L * FORM.bytes());
        }
        assertThat(store.image(3).pixels()).isEqualTo(before);
    }

    @Test
    void cacheFolderIsPrivate() throws IOException {
        cached.open(caches);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(caches)))
                .isEqualTo("rwx------");
    }

    @Test
    void oneThreadFillsACacheWhileOthersWait() throws Exception {
        AtomicInteger decoded = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> ImageStore.open(DataSet.open(data), FORM, caches, done -> {
                if (done > 0) {
                    decoded.incrementAndGet();
                    LockSupport.parkNanos(20_000_000);
                }
            })));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(decoded).hasValue(9);
        assertThat(cache()).exists();
    }
}
