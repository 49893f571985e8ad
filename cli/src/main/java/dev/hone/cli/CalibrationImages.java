package dev.hone.cli;

import dev.hone.compress.quantize.CalibrationData;
import dev.hone.data.Batch;
import dev.hone.data.DataSet;
import dev.hone.data.Selection;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Some training images of a data set, the same for the same seed, in batches as a model takes them. */
final class CalibrationImages implements CalibrationData {
    private static final int BATCH = 8;

    private final Classifier classifier;
    private final ImageStore store;
    private final int[] indices;

    CalibrationImages(Classifier classifier, DataOption dataOption, Path data, int count) {
        this.classifier = classifier;
        DataSet set = dataOption.dividedFor(data, classifier.input());
        int[] chosen = Selection.choose(set, count, classifier.input().seed());
        this.store = dataOption.store(set.only(chosen), classifier.input().form());
        this.indices = java.util.stream.IntStream.range(
                        0, store.dataSet().samples().size())
                .toArray();
    }

    @Override
    public void forEachBatch(Consumer<NativeTensor> consumer) {
        int batchSize = classifier.input().fixedBatch() > 0 ? classifier.input().fixedBatch() : BATCH;
        ImageBatches batches = ImageBatches.of(store, indices, batchSize).asBytes();
        try (ImageBatches.Epoch epoch = batches.epoch(0, 0)) {
            while (epoch.hasNext()) {
                try (Batch batch = epoch.next();
                        NativeTensor images = classifier.batch(
                                batch.array(ImageBatches.IMAGES).bytes(), batch.size(), batchSize)) {
                    consumer.accept(images);
                }
            }
        }
    }
}
