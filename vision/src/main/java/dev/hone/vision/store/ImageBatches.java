package dev.hone.vision.store;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.EpochOrder;
import dev.hone.data.SeededRandom;
import dev.hone.vision.augment.Augmentation;
import dev.hone.vision.augment.Augmenter;
import dev.hone.vision.augment.BatchMix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Batches of the images of a store, shuffled and augmented in each epoch and prepared on background threads. The
 * content of a batch depends only on random seed, epoch and batch number, not on threads or on earlier batches, so
 * training can resume in the middle of an epoch.
 *
 * <pre>{@code
 * ImageBatches batches = ImageBatches.of(store, indices, 32).shuffled(seed).augmented(Augmentation.INSPECTION);
 * try (ImageBatches.Epoch epoch = batches.epoch(3, 0)) {
 *     while (epoch.hasNext()) {
 *         try (Batch batch = epoch.next()) { ... }
 *     }
 * }
 * }</pre>
 *
 * @param store source of the pixels
 * @param indices samples of the store's data set, in the order of an unshuffled epoch
 * @param batchSize images per batch; the last batch may be smaller
 * @param seed random seed of shuffling and augmentation
 * @param shuffle whether to shuffle the samples in each epoch
 * @param augmentation augmentation of the images
 * @param floats whether images are float32, otherwise uint8; 0..255 in both cases
 * @param dropLast whether to drop an incomplete last batch
 * @param workers number of background threads
 * @param balance class balancing: each class is sampled in proportion to its size to the power of {@code 1 - balance};
 *     0 uses every sample once, 1 samples all classes equally often
 */
public record ImageBatches(
        ImageStore store,
        int[] indices,
        int batchSize,
        long seed,
        boolean shuffle,
        Augmentation augmentation,
        boolean floats,
        boolean dropLast,
        int workers,
        double balance)
        implements BatchSource {
    /** Name of the image tensor [N,C,H,W], uint8 or float32 depending on {@code floats}, 0..255. */
    public static final String IMAGES = "images";

    /** Number of batches prepared ahead, per worker. */
    private static final int AHEAD = 2;

    public ImageBatches {
        if (batchSize < 1 || workers < 1) {
            throw new IllegalArgumentException(
                    "batch size " + batchSize + " and workers " + workers + " must be positive");
        }
        if (!(balance >= 0 && balance <= 1)) {
            throw new IllegalArgumentException("balance " + balance + " is not in 0..1");
        }
    }

    /** All samples once, in order, without augmentation, as float32, on one background thread. */
    public static ImageBatches of(ImageStore store, int[] indices, int batchSize) {
        return new ImageBatches(store, indices.clone(), batchSize, 0, false, Augmentation.NONE, true, false, 1, 0);
    }

    public ImageBatches shuffled(long newSeed) {
        return new ImageBatches(
                store, indices, batchSize, newSeed, true, augmentation, floats, dropLast, workers, balance);
    }

    public ImageBatches augmented(Augmentation how) {
        return new ImageBatches(store, indices, batchSize, seed, shuffle, how, floats, dropLast, workers, balance);
    }

    /** Samples rare classes more often, see {@code balance}; for shuffled batches. */
    public ImageBatches balanced(double how) {
        return new ImageBatches(store, indices, batchSize, seed, shuffle, augmentation, floats, dropLast, workers, how);
    }

    /** Images as uint8 rather than float32. */
    public ImageBatches asBytes() {
        return new ImageBatches(
                store, indices, batchSize, seed, shuffle, augmentation, false, dropLast, workers, balance);
    }

    public ImageBatches droppingLast() {
        return new ImageBatches(store, indices, batchSize, seed, shuffle, augmentation, floats, true, workers, balance);
    }

    public ImageBatches withWorkers(int threads) {
        return new ImageBatches(
                store, indices, batchSize, seed, shuffle, augmentation, floats, dropLast, threads, balance);
    }

    @Override
    public long samples() {
        return dropLast ? (long) batches() * batchSize : indices.length;
    }

    @Override
    public int batches() {
        return dropLast ? indices.length / batchSize : (indices.length + batchSize - 1) / batchSize;
    }

    @Override
    public Epoch epoch(int epoch, int firstBatch) {
        return new Epoch(epoch, firstBatch);
    }

    private int[] order(int epoch) {
        return EpochOrder.of(
                indices,
                index -> store.dataSet().samples().get(index).label(),
                balance,
                shuffle,
                new SeededRandom(seed, epoch, -1));
    }

    /** Iterates over the batches of an epoch. Not thread-safe. */
    public final class Epoch implements BatchSource.Stream {
        private final int epoch;
        private final int[] order;
        private final ExecutorService executor;
        private final Queue<Future<Batch>> ahead = new ArrayDeque<>();
        private final Queue<Buffers> free = new ConcurrentLinkedQueue<>();
        private int nextTask;

        private Epoch(int epoch, int firstBatch) {
            this.epoch = epoch;
            this.order = order(epoch);
            this.nextTask = firstBatch;
            this.executor = Executors.newFixedThreadPool(workers, task -> {
                Thread thread = new Thread(task, "batches");
                thread.setDaemon(true);
                return thread;
            });
            for (int i = 0; i < AHEAD * workers; i++) {
                submit();
            }
        }

        private void submit() {
            if (nextTask < batches()) {
                int index = nextTask++;
                ahead.add(executor.submit(() -> prepare(index)));
            }
        }

        @Override
        public boolean hasNext() {
            return !ahead.isEmpty();
        }

        @Override
        public Batch next() {
            if (ahead.isEmpty()) {
                throw new NoSuchElementException();
            }
            try {
                Batch batch = ahead.remove().get();
                submit();
                return batch;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (e.getCause() instanceof Error cause) {
                    throw cause;
                }
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for a batch", e);
            }
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }

        private Batch prepare(int index) {
            int[] samples =
                    Arrays.copyOfRange(order, index * batchSize, Math.min(order.length, (index + 1) * batchSize));
            Buffers buffers = allocate();
            ImageStore.Form form = store.form();
            Augmenter augmenter = new Augmenter(augmentation, form.channels(), form.height(), form.width());
            byte[][] pixels = new byte[samples.length][form.bytes()];
            for (int i = 0; i < samples.length; i++) {
                store.read(samples[i], pixels[i]);
                augmenter.apply(pixels[i], new SeededRandom(seed, epoch, samples[i]));
            }
            BatchMix mix = BatchMix.sample(
                    augmentation,
                    samples.length,
                    form.height(),
                    form.width(),
                    new SeededRandom(seed, epoch, -2, index));
            for (int i = 0; i < samples.length; i++) {
                int label = label(samples[i]);
                int other = mix == null ? i : mix.partner()[i];
                float share = mix == null ? 1 : (float) mix.share();
                write(buffers.images, pixels[i], pixels[other], other == i ? null : mix);
                buffers.labels.putLong(label);
                int row = buffers.targets.position();
                for (int k = 0; k < classes(); k++) {
                    buffers.targets.putFloat(0);
                }
                int first = row + label * Float.BYTES;
                int second = row + label(samples[other]) * Float.BYTES;
                buffers.targets.putFloat(first, share);
                buffers.targets.putFloat(second, buffers.targets.getFloat(second) + 1 - share);
            }
            return buffers.batch(samples);
        }

        private int label(int sample) {
            return store.dataSet().samples().get(sample).label();
        }

        private int classes() {
            return store.dataSet().classes().size();
        }

        /** @param mix null for the image as it is */
        private void write(ByteBuffer to, byte[] image, byte[] other, BatchMix mix) {
            if (!floats && mix == null) {
                to.put(image);
                return;
            }
            float[] values = mix == null
                    ? new float[image.length]
                    : mix.apply(image, other, store.form().width(), image.length / store.form().channels());
            for (int i = 0; i < image.length; i++) {
                if (mix == null) {
                    values[i] = image[i] & 0xff;
                } else if (!floats) {
                    to.put((byte) Math.round(values[i]));
                }
            }
            if (floats) {
                to.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
                to.position(to.position() + values.length * Float.BYTES);
            }
        }

        private Buffers allocate() {
            Buffers used = free.poll();
            if (used != null) {
                used.images.clear();
                used.labels.clear();
                used.targets.clear();
                return used;
            }
            int imageBytes = store.form().bytes() * (floats ? Float.BYTES : 1);
            return new Buffers(
                    direct(batchSize * imageBytes),
                    direct(batchSize * Long.BYTES),
                    direct(batchSize * classes() * Float.BYTES));
        }

        private static ByteBuffer direct(int bytes) {
            return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        /** The memory of a batch, reused when the batch is closed. */
        private final class Buffers {
            private final ByteBuffer images;
            private final ByteBuffer labels;
            private final ByteBuffer targets;

            private Buffers(ByteBuffer images, ByteBuffer labels, ByteBuffer targets) {
                this.images = images;
                this.labels = labels;
                this.targets = targets;
            }

            private Batch batch(int[] samples) {
                ImageStore.Form form = store.form();
                int n = samples.length;
                Map<String, Batch.Array> arrays = new LinkedHashMap<>();
                ElementType type = floats ? ElementType.FLOAT : ElementType.UINT8;
                arrays.put(
                        IMAGES, new Batch.Array(type, images.flip(), n, form.channels(), form.height(), form.width()));
                arrays.put(Batch.LABELS, new Batch.Array(ElementType.INT64, labels.flip(), n));
                arrays.put(Batch.TARGETS, new Batch.Array(ElementType.FLOAT, targets.flip(), n, classes()));
                return new Batch(samples, arrays, () -> free.add(this));
            }
        }
    }
}
