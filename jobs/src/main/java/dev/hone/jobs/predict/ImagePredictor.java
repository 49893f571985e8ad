package dev.hone.jobs.predict;

import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.ImageNotes;
import dev.hone.model.Classifier;
import dev.hone.model.Prediction;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Classifies many images: they are decoded on all processors while the model runs on those before, several at once where
 * that gives the same predictions. Holds a few batches in memory, however many images there are.
 */
final class ImagePredictor implements AutoCloseable {
    /** Images that are run at once: more gain nothing on a CPU. */
    private static final int BATCH = 8;

    /** Fewer at once where images are so large, in values of a batch. */
    private static final long BATCH_VALUES = 1 << 24;

    /** By so much probabilities of an image may change with the images beside it: other orders of sums. */
    private static final float SAME = 1e-3f;

    private final Classifier classifier;
    private final Progress progress;
    private final ExecutorService decoders =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
                Thread thread = new Thread(task, "decoder");
                thread.setDaemon(true);
                return thread;
            });
    private final ImageNotes notes = new ImageNotes();
    private int batch;
    private boolean isProven;

    /** @param image of the model's size, or null where it cannot be read */
    private record Decoded(Path file, Image image, double milliseconds, String error) {}

    /**
     * @param several whether there are several images, so that it is worth finding out how many can be run at once
     */
    ImagePredictor(Classifier classifier, boolean several, Progress progress) {
        this.classifier = classifier;
        this.progress = progress;
        int fixed = classifier.input().fixedBatch();
        long most = BATCH_VALUES / classifier.form().bytes();
        this.batch = fixed > 0 ? fixed : several ? (int) Math.max(1, Math.min(BATCH, most)) : 1;
        this.isProven = fixed > 0 || batch == 1;
    }

    /** @param listener hears of each image, in their order; an image that cannot be read does not stop the others */
    void predict(Iterator<Path> files, Consumer<PredictResult.Line> listener) {
        Deque<Future<Decoded>> ahead = new ArrayDeque<>();
        while (files.hasNext() || !ahead.isEmpty()) {
            progress.checkCancelled();
            while (files.hasNext() && ahead.size() < 2 * batch + 2) {
                Path file = files.next();
                ahead.add(decoders.submit(() -> decode(file)));
            }
            List<Decoded> taken = new ArrayList<>();
            while (taken.size() < batch && !ahead.isEmpty()) {
                taken.add(await(ahead.remove()));
            }
            classify(taken, listener);
        }
    }

    private Decoded decode(Path file) {
        long start = System.nanoTime();
        try {
            Image image = ImageStore.decode(file, classifier.form(), notes.of(file));
            return new Decoded(file, image, (System.nanoTime() - start) / 1e6, null);
        } catch (HoneException e) {
            return new Decoded(file, null, 0, e.getMessage());
        } catch (RuntimeException e) {
            // Decoders meet files that nobody thought of; the other images go on.
            return new Decoded(file, null, 0, file + ": cannot be decoded, " + e);
        }
    }

    private Decoded await(Future<Decoded> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    private void classify(List<Decoded> taken, Consumer<PredictResult.Line> listener) {
        List<Decoded> images =
                new ArrayList<>(taken.stream().filter(d -> d.image != null).toList());
        if (!isProven && images.size() > 1) {
            prove(images);
        }
        Map<Decoded, PredictResult.Line> lines = new IdentityHashMap<>();
        int size = isProven ? batch : 1;
        for (int from = 0; from < images.size(); from += size) {
            run(images.subList(from, Math.min(images.size(), from + size)), lines);
        }
        for (Decoded one : taken) {
            listener.accept(one.image == null ? PredictResult.Line.ofFailure(one.file, one.error) : lines.get(one));
        }
    }

    /** Where a run of several fails, for example because one gives no number, each is run alone. */
    private void run(List<Decoded> images, Map<Decoded, PredictResult.Line> lines) {
        long start = System.nanoTime();
        List<Prediction> predictions;
        try {
            predictions = predictions(images);
        } catch (CancelledException e) {
            throw e;
        } catch (HoneException e) {
            if (images.size() == 1) {
                lines.put(images.get(0), PredictResult.Line.ofFailure(images.get(0).file, e.getMessage()));
            } else {
                images.forEach(one -> run(List.of(one), lines));
            }
            return;
        }
        double each = (System.nanoTime() - start) / 1e6 / images.size();
        for (int i = 0; i < images.size(); i++) {
            Decoded one = images.get(i);
            lines.put(
                    one, new PredictResult.Line(one.file, 0, predictions.get(i), each, each + one.milliseconds, null));
        }
    }

    /** Images are run one at a time from here on unless an image's prediction is the same among others. */
    private void prove(List<Decoded> images) {
        isProven = true;
        try {
            Prediction alone = predictions(images.subList(images.size() - 1, images.size()))
                    .get(0);
            List<Prediction> together = predictions(images);
            Prediction same = together.get(images.size() - 1);
            for (String label : alone.probabilities().keySet()) {
                float difference =
                        alone.probabilities().get(label) - same.probabilities().getOrDefault(label, 9f);
                if (!(Math.abs(difference) <= SAME)) {
                    batch = 1;
                }
            }
            if (batch == 1) {
                progress.warning("predictions of this model depend on the other images of a batch; images are run one "
                        + "at a time");
            }
        } catch (OnnxRuntimeException e) {
            batch = 1;
            progress.warning("this model does not run on several images at once; images are run one at a time");
        } catch (CancelledException e) {
            throw e;
        } catch (HoneException e) {
            isProven = false; // an image that gives no numbers says nothing of the others
        }
    }

    private List<Prediction> predictions(List<Decoded> images) {
        int bytes = classifier.form().bytes();
        ByteBuffer pixels = ByteBuffer.allocate(images.size() * bytes);
        images.forEach(one -> pixels.put(one.image.pixels()));
        try (NativeTensor tensor = classifier.batch(pixels, images.size(), Math.max(images.size(), batch))) {
            return classifier.predictions(tensor).subList(0, images.size());
        }
    }

    @Override
    public void close() {
        decoders.shutdownNow();
        notes.report(progress);
    }
}
