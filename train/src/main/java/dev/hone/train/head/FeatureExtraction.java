package dev.hone.train.head;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.CacheFolder;
import dev.hone.core.file.FileErrors;
import dev.hone.core.file.Sha256;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.DataSet;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.model.BatchParts;
import dev.hone.model.Feeds;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * Computes the features of images, in batches straight to a file, so that memory does not grow with the data set. The file
 * is kept under the hash of the model, of the images' form and of the images' content: the same images are computed once,
 * whatever their labels and whichever split they belong to.
 */
public final class FeatureExtraction {
    private static final int BATCH = 32;

    private FeatureExtraction() {}

    /**
     * Features of some images of a store, row {@code i} being that of {@code indices[i]}.
     *
     * @param folder of the cache; null for none: the file is then deleted when the rows are closed
     * @param progress told of every image; cancels between batches
     * @throws HoneException if the file cannot be written, or the features are not finite
     * @throws dev.hone.core.CancelledException if cancelled
     */
    public static FeatureRows of(
            FeatureModel features,
            ImageStore store,
            int[] indices,
            Path folder,
            SessionOptions options,
            Progress progress) {
        byte[] model = features.bytes();
        byte[] key = key(model, store, indices);
        try {
            if (folder == null) {
                return temporary(features, model, store, indices, key, options, progress);
            }
            Path path = folder.resolve("features-" + HexFormat.of().formatHex(key, 0, 8) + ".bin");
            FeatureRows known = FeatureFile.open(path, indices.length, features.width(), key);
            if (known != null) {
                return known;
            }
            CacheFolder.fault(folder);
            try (AtomicFile file = AtomicFile.beside(path)) {
                compute(
                        features,
                        model,
                        store,
                        indices,
                        new FeatureFile.Writer(file.channel()),
                        key,
                        options,
                        progress);
                file.commit();
            }
            return written(path, indices, features, key);
        } catch (IOException e) {
            throw new HoneException(
                    (folder == null ? "the folder for temporary files" : folder) + ": features cannot be written, "
                            + FileErrors.reason(e),
                    e);
        }
    }

    private static FeatureRows temporary(
            FeatureModel features,
            byte[] model,
            ImageStore store,
            int[] indices,
            byte[] key,
            SessionOptions options,
            Progress progress)
            throws IOException {
        Path path = Files.createTempFile("hone-features", ".bin");
        boolean done = false;
        try (AtomicFile file = AtomicFile.beside(path)) {
            compute(features, model, store, indices, new FeatureFile.Writer(file.channel()), key, options, progress);
            file.commit();
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(path);
            }
        }
        FeatureRows rows = written(path, indices, features, key);
        return new FeatureRows() {
            @Override
            public int rows() {
                return rows.rows();
            }

            @Override
            public int width() {
                return rows.width();
            }

            @Override
            public void read(int from, int count, float[] to) {
                rows.read(from, count, to);
            }

            @Override
            public void close() {
                rows.close();
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    // The system clears its folder for temporary files.
                    return;
                }
            }
        };
    }

    private static FeatureRows written(Path path, int[] indices, FeatureModel features, byte[] key) throws IOException {
        FeatureRows rows = FeatureFile.open(path, indices.length, features.width(), key);
        if (rows == null) {
            throw new IOException("the file just written is incomplete");
        }
        return rows;
    }

    private static byte[] key(byte[] model, ImageStore store, int[] indices) {
        DataSet set = store.dataSet();
        MessageDigest digest = Sha256.digest();
        digest.update(("features 1 " + ImageFiles.REVISION + " " + store.form() + " " + Sha256.of(model) + "\n")
                .getBytes(StandardCharsets.UTF_8));
        for (int index : indices) {
            digest.update((set.revision().content(index) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest();
    }

    private static void compute(
            FeatureModel features,
            byte[] model,
            ImageStore store,
            int[] indices,
            FeatureFile.Writer writer,
            byte[] key,
            SessionOptions options,
            Progress progress)
            throws IOException {
        progress.started("features", indices.length);
        BatchSize size = BatchSize.of(features.model());
        List<String> inputs = List.of(features.model().graph().inputs().get(0).name());
        int done = 0;
        try (Session session = Session.open(model, options);
                BatchSource.Stream batches =
                        ImageBatches.of(store, indices, BATCH).epoch(0, 0)) {
            while (batches.hasNext()) {
                progress.checkCancelled();
                try (Batch batch = batches.next();
                        Feeds feeds = Feeds.of(batch, inputs)) {
                    float[] rows = BatchParts.run(
                            session, size, feeds.tensors(), features.output().name());
                    requireFinite(rows, features.width(), store, batch);
                    writer.append(rows);
                    done += batch.size();
                    progress.advanced(done);
                }
            }
        }
        writer.finish(key);
        progress.finished();
    }

    private static void requireFinite(float[] rows, int width, ImageStore store, Batch batch) {
        for (int i = 0; i < rows.length; i++) {
            if (!Float.isFinite(rows[i])) {
                throw new HoneException("feature " + i % width + " of "
                        + store.dataSet()
                                .samples()
                                .get(batch.samples()[i / width])
                                .name()
                        + " is " + rows[i] + "; check the normalization that the pretrained network expects");
            }
        }
    }
}
