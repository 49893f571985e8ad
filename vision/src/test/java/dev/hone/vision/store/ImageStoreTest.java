package dev.hone.vision.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.data.Batch;
import dev.hone.data.DataSet;
import dev.hone.data.Input;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import dev.hone.data.Target;
import dev.hone.vision.Vectors;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
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

    /** Images from memory and from files give the same pixels, content hashes and hold-out. */
    @Test
    void bytesAndFilesGiveEqualDataSets() throws IOException {
        DataSet files = DataSet.open(data);
        List<Sample> samples = new ArrayList<>();
        for (Sample s : files.samples()) {
            try (InputStream stream = Files.newInputStream(s.file())) {
                byte[] bytes = Input.OfBytes.read(stream).bytes();
                samples.add(Sample.ofBytes(bytes, s.name(), s.label(), s.split(), s.group()));
            }
        }
        DataSet bytes = DataSet.of("uploads", files.classes(), samples);
        assertThat(bytes.revision().id()).isEqualTo(files.revision().id());
        ImageStore store = ImageStore.open(bytes, FORM, caches, n -> {});
        ImageStore expected = cached.open(null);
        for (int i = 0; i < 9; i++) {
            assertThat(store.image(i)).isEqualTo(expected.image(i));
            assertThat(bytes.withHoldOut(Split.TEST, 0.4, 5).samples().get(i).split())
                    .isEqualTo(files.withHoldOut(Split.TEST, 0.4, 5)
                            .samples()
                            .get(i)
                            .split());
        }
        assertThat(samples.get(0).mask()).isEmpty();
        samples.add(samples.get(0));
        assertThatThrownBy(() -> DataSet.of("uploads", files.classes(), samples))
                .hasMessageContaining("uploads: two samples are called 'a/i0.png'");
    }

    /** A file that a program opens itself, and a target that is no class. */
    private record Frame(Path file) implements Input {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }
    }

    private record Defects(List<String> kinds) implements Target {}

    private static DataSet frames(DataSet files, String kind) {
        return DataSet.of(
                "camera",
                List.of(),
                files.samples().stream()
                        .map(s -> new Sample(
                                s.name(),
                                new Frame(s.file()),
                                new Defects(s.name().endsWith("0.png") ? List.of(kind) : List.of()),
                                s.split(),
                                s.group()))
                        .toList());
    }

    @Test
    void inputsAndTargetsMayBeOfAnyKind() {
        DataSet files = DataSet.open(data);
        DataSet frames = frames(files, "crack");
        ImageStore expected = cached.open(null);
        for (Path cache : Arrays.asList(null, caches, caches)) {
            ImageStore store = ImageStore.open(frames, FORM, cache, n -> {});
            for (int i = 0; i < 9; i++) {
                assertThat(store.image(i)).isEqualTo(expected.image(i));
            }
        }
        assertThat(frames.revision().id())
                .isEqualTo(frames(files, "crack").revision().id());
        assertThat(frames.revision().id())
                .isNotEqualTo(frames(files, "dent").revision().id());
        DataSet held = frames.withHoldOut(Split.TEST, 0.3, 1);
        assertThat(held.indices(Split.TEST)).hasSize(3);
        assertThat(held.samples().get(0).target()).isEqualTo(new Defects(List.of("crack")));
    }

    @Test
    void cachedPixelsEqualDecodedPixels() throws IOException {
        AtomicInteger progress = new AtomicInteger();
        ImageStore store = ImageStore.open(DataSet.open(data), FORM, caches, progress::set);
        assertThat(cached.cacheFiles()).hasSize(1);
        assertThat(store.notices()).isEmpty();
        for (int i = 0; i < 9; i++) {
            assertThat(store.image(i))
                    .isEqualTo(ImageFiles.read(store.dataSet().samples().get(i).file(), 1, 8, 10, Resize.Mode.STRETCH));
        }
    }

    @Test
    void secondOpenUsesTheCache() throws IOException {
        byte[] before = cached.open(caches).image(0).pixels();
        Path file = data.resolve("a/i0.png");
        FileTime time = Files.getLastModifiedTime(file);
        Files.write(
                file,
                new byte[(int) Files.size(file)]); // no longer an image, but with the same size and modification time
        Files.setLastModifiedTime(file, time);
        ImageStore.open(DataSet.open(data), FORM, caches, n -> {
            throw new AssertionError("decoded");
        });
        assertThat(cached.open(caches).image(0).pixels()).isEqualTo(before);
    }

    @Test
    void changedDataOrFormUsesAnotherCache() throws IOException {
        cached.open(caches);
        Folders.image(data.resolve("a/i0.png"), 20, 77);
        ImageStore changed = cached.open(caches);
        assertThat(changed.image(0))
                .isEqualTo(ImageFiles.read(data.resolve("a/i0.png"), 1, 8, 10, Resize.Mode.STRETCH));
        ImageStore.open(DataSet.open(data), new ImageStore.Form(3, 8, 10, Resize.Mode.STRETCH), caches, n -> {});
        assertThat(cached.cacheFiles()).hasSize(3);
    }

    @Test
    void damagedCacheIsRebuilt() throws IOException {
        byte[] before = cached.open(caches).image(3).pixels();
        Path cache = cached.cacheFiles().get(0);
        byte[] bytes = Files.readAllBytes(cache);
        Files.write(cache, Arrays.copyOf(bytes, bytes.length - 7));
        assertThat(cached.open(caches).image(3).pixels()).isEqualTo(before);
        assertThat(cached.cacheFiles()).hasSize(1);
    }

    @Test
    void notesOfReadingAreCountedAndKept() throws IOException {
        byte[] whole = Vectors.bytes("files/color.jpg");
        for (String name : List.of("b/x.jpg", "b/y.jpg")) {
            Files.write(data.resolve(name), Arrays.copyOf(whole, whole.length - 2));
        }
        for (int time = 0; time < 2; time++) { // first built, then mapped
            assertThat(cached.open(caches).notices())
                    .containsExactly(data + ": 2 images read with a note, the end marker is missing: b/x.jpg, b/y.jpg");
        }
    }

    @Test
    void corruptFilesAreNamedCountedAndSkipped() throws IOException {
        byte[] whole = Files.readAllBytes(data.resolve("b/i1.png"));
        Files.write(data.resolve("b/i1.png"), Arrays.copyOf(whole, whole.length / 2));
        Folders.text(data.resolve("a/i4.png"), "no image");
        for (int time = 0; time < 2; time++) { // first built, then mapped
            ImageStore store = cached.open(caches);
            assertThat(store.dataSet().samples())
                    .extracting(Sample::name)
                    .doesNotContain("b/i1.png", "a/i4.png")
                    .hasSize(7);
            assertThat(store.notices())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("2 corrupt files left out")
                    .contains("i1.png")
                    .contains("i4.png");
            int last = store.dataSet().samples().size() - 1;
            assertThat(store.image(last))
                    .isEqualTo(ImageFiles.read(data.resolve("b/i3.png"), 1, 8, 10, Resize.Mode.STRETCH));
        }
    }

    @Test
    void unwritableCacheFolderOnlyCostsTime() throws IOException {
        Path file = Files.writeString(folder.resolve("plain"), "a file where the folder should be");
        Folders.text(data.resolve("a/i4.png"), "no image");
        ImageStore store = cached.open(file);
        assertThat(store.notices()).hasSize(2);
        assertThat(store.notices().get(1)).contains("the image cache cannot be written");
        assertThat(store.image(7)).isEqualTo(ImageFiles.read(data.resolve("b/i3.png"), 1, 8, 10, Resize.Mode.STRETCH));
        assertThat(cached.open(null).notices()).hasSize(1);
    }

    @Test
    void onlyCorruptFilesIsAnError() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "x");
            }
        }
        assertThatThrownBy(() -> cached.open(caches))
                .hasMessageContaining("9 corrupt files left out")
                .hasMessageContaining("no image is left");
    }

    @Test
    void imagesAcrossSegmentBoundariesAreComplete() {
        ImageStore store = CacheBuilder.open(DataSet.open(data), FORM, caches, n -> {}, 170); // two images each
        for (int i = 0; i < 9; i++) {
            assertThat(store.image(i))
                    .isEqualTo(ImageFiles.read(store.dataSet().samples().get(i).file(), 1, 8, 10, Resize.Mode.STRETCH));
        }
    }

    @Test
    void dataSetsTenTimesTheHeapAreStreamed() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Larger.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(output).contains("read 251658240 bytes");
        assertThat(process.exitValue()).isZero();
    }

    /** Runs with a heap of 24 MiB, and caches and reads 240 MiB of pixels. */
    static final class Larger {
        public static void main(String[] args) {
            Path root = Folders.classes(Path.of(args[0], "larger"), new String[] {"a", "b"}, 120, 120);
            ImageStore.Form form = new ImageStore.Form(1, 1024, 1024, Resize.Mode.STRETCH);
            ImageStore store = ImageStore.open(DataSet.open(root), form, Path.of(args[0], "larger-cache"), n -> {});
            int[] all = store.dataSet().indices(Split.NONE);
            long bytes = 0;
            try (ImageBatches.Epoch epoch =
                    ImageBatches.of(store, all, 1).asBytes().shuffled(1).epoch(0, 0)) {
                while (epoch.hasNext()) {
                    try (Batch batch = epoch.next()) {
                        bytes += batch.array(ImageBatches.IMAGES).bytes().remaining();
                    }
                }
            }
            System.out.println("read " + bytes + " bytes " + store.notices());
        }
    }
}
