package dev.hone.vision.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.data.Batch;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.vision.augment.Augmentation;
import dev.hone.vision.image.Resize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBatchesTest {
    @TempDir
    Path folder;

    private ImageStore store;
    private int[] all;

    @BeforeEach
    void makeStore() {
        Path data = Folders.classes(folder.resolve("data"), new String[] {"a", "b", "c"}, 9, 8, 6);
        store = ImageStore.open(
                DataSet.open(data), new ImageStore.Form(1, 12, 12, Resize.Mode.STRETCH), folder.resolve("c"), n -> {});
        all = store.dataSet().indices(Split.NONE);
    }

    private record Copy(int index, int[] samples, byte[] images, byte[] labels, byte[] targets) {}

    private static List<Copy> run(ImageBatches batches, int epoch, int from) {
        List<Copy> copies = new ArrayList<>();
        int index = from;
        try (ImageBatches.Epoch run = batches.epoch(epoch, from)) {
            while (run.hasNext()) {
                try (Batch b = run.next()) {
                    assertThat(b.array(ImageBatches.IMAGES).bytes().isDirect()).isTrue();
                    copies.add(new Copy(
                            index++,
                            b.samples(),
                            bytes(b.array(ImageBatches.IMAGES).bytes()),
                            bytes(b.array(Batch.LABELS).bytes()),
                            bytes(b.array(Batch.TARGETS).bytes())));
                }
            }
        }
        return copies;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static int[] order(List<Copy> copies) {
        return copies.stream().flatMapToInt(c -> IntStream.of(c.samples)).toArray();
    }

    @Test
    void plainBatchesAreTheImagesInOrder() {
        List<Copy> copies = run(ImageBatches.of(store, all, 5), 0, 0);
        assertThat(copies).extracting(c -> c.samples.length).containsExactly(5, 5, 5, 5, 3);
        assertThat(order(copies)).isEqualTo(all);
        Copy third = copies.get(2);
        ByteBuffer images = ByteBuffer.wrap(third.images).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer labels = ByteBuffer.wrap(third.labels).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer targets = ByteBuffer.wrap(third.targets).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample : third.samples) {
            for (byte pixel : store.image(sample).pixels()) {
                assertThat(images.getFloat()).isEqualTo(pixel & 0xff);
            }
            int label = store.dataSet().samples().get(sample).label();
            assertThat(labels.getLong()).isEqualTo(label);
            for (int k = 0; k < 3; k++) {
                assertThat(targets.getFloat()).isEqualTo(k == label ? 1f : 0f);
            }
        }
        assertThat(images.hasRemaining() || labels.hasRemaining() || targets.hasRemaining())
                .isFalse();
        List<Copy> asBytes = run(ImageBatches.of(store, all, 5).asBytes(), 0, 0);
        assertThat(Arrays.copyOf(asBytes.get(0).images, 144))
                .isEqualTo(store.image(all[0]).pixels());
    }

    @Test
    void everyEpochHasAllSamplesOnceInADifferentOrder() {
        ImageBatches batches = ImageBatches.of(store, all, 4).shuffled(3);
        int[] first = order(run(batches, 0, 0));
        int[] second = order(run(batches, 1, 0));
        assertThat(first).containsExactlyInAnyOrder(all);
        assertThat(second).containsExactlyInAnyOrder(all);
        assertThat(first).isNotEqualTo(second);
        assertThat(order(run(batches, 0, 0))).isEqualTo(first);
        assertThat(order(run(batches.shuffled(4), 0, 0))).isNotEqualTo(first);
        assertThat(run(batches.droppingLast(), 0, 0))
                .hasSize(5)
                .hasSize(batches.droppingLast().batches());
    }

    @Test
    void batchesDoNotDependOnThreadsOrResuming() {
        Augmentation how =
                Augmentation.INSPECTION.withMixup(0.4).withNoise(0.5, 6).withCutout(0.5, 0.3);
        ImageBatches batches = ImageBatches.of(store, all, 4).shuffled(3).augmented(how);
        List<Copy> one = run(batches, 7, 0);
        List<Copy> many = run(batches.withWorkers(5), 7, 0);
        List<Copy> resumed = run(batches.withWorkers(2), 7, 3);
        for (int i = 0; i < one.size(); i++) {
            same(many.get(i), one.get(i));
            if (i >= 3) {
                same(resumed.get(i - 3), one.get(i));
            }
        }
        assertThat(run(batches, 8, 0).get(0).images).isNotEqualTo(one.get(0).images);
    }

    private static void same(Copy a, Copy b) {
        assertThat(a.index).isEqualTo(b.index);
        assertThat(a.samples).isEqualTo(b.samples);
        assertThat(a.images).isEqualTo(b.images);
        assertThat(a.labels).isEqualTo(b.labels);
        assertThat(a.targets).isEqualTo(b.targets);
    }

    @Test
    void mixupMixesTargetsLikeImages() {
        Augmentation how = Augmentation.NONE.withMixup(1);
        for (Copy c : run(ImageBatches.of(store, all, 23).augmented(how), 0, 0)) {
            ByteBuffer images = ByteBuffer.wrap(c.images).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer targets = ByteBuffer.wrap(c.targets).order(ByteOrder.LITTLE_ENDIAN);
            double pixels = 0;
            double mass = 0;
            double own = 0;
            for (int i = 0; i < c.samples.length; i++) {
                int label = store.dataSet().samples().get(c.samples[i]).label();
                for (int k = 0; k < 3; k++) {
                    mass += targets.getFloat(4 * (3 * i + k));
                }
                own += targets.getFloat(4 * (3 * i + label));
            }
            for (int i = 0; i < 23 * 144; i++) {
                pixels += images.getFloat(4 * i);
            }
            double plain = 0;
            for (int s : all) {
                for (byte b : store.image(s).pixels()) {
                    plain += b & 0xff;
                }
            }
            assertThat(mass).isCloseTo(23, within(1e-4));
            assertThat(own).isBetween(23 * 0.5, 23.0);
            assertThat(pixels / plain).isCloseTo(1, within(1e-5)); // the partners are a permutation
        }
    }

    @Test
    void failureInTheBackgroundReachesTheCaller() throws Exception {
        ImageStore decoding = ImageStore.open(store.dataSet(), store.form(), null, n -> {});
        Files.delete(store.dataSet().samples().get(2).file());
        try (ImageBatches.Epoch run = ImageBatches.of(decoding, all, 4).epoch(0, 0)) {
            assertThatThrownBy(run::next).hasMessageContaining("i2.png: no such file");
        }
    }

    @Test
    void balanceSamplesRareClassesMoreOften() {
        // Classes of 9, 8 and 6 samples: 23 samples in equal proportions, or in proportion to 3, 2.83 and 2.45.
        assertThat(classCounts(1)).containsExactly(8, 7, 8);
        assertThat(classCounts(0.5)).containsExactly(8, 8, 7);
        assertThat(classCounts(0)).containsExactly(9, 8, 6);
    }

    private int[] classCounts(double balance) {
        int[] counts = new int[3];
        for (int sample : order(run(ImageBatches.of(store, all, 5).shuffled(3).balanced(balance), 0, 0))) {
            counts[store.dataSet().samples().get(sample).label()]++;
        }
        return counts;
    }
}
