package dev.hone.jobs.quantize;

import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.Metric;
import dev.hone.compress.TrainingData;
import dev.hone.compress.quantize.Fidelity;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.text.Names;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.data.DataSet;
import dev.hone.data.Selection;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.jobs.DataSets;
import dev.hone.jobs.quantize.QuantizeOptions.MetricName;
import dev.hone.model.Cards;
import dev.hone.model.Classifier;
import dev.hone.model.ImageInput;
import dev.hone.model.metric.Confusion;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.augment.Augmentation;
import dev.hone.vision.store.ImageBatches;
import dev.hone.vision.store.ImageStore;
import dev.hone.vision.store.PixelDifference;
import dev.hone.vision.store.PixelStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A data set of images: some training images calibrate, all of them train, validation images tell the accuracy. */
final class ImageData implements CompressionData {
    private static final int BATCH = 8;
    /** With fewer images the ranges of activations are hardly those that the model will see. */
    private static final int FEW = 16;

    private final QuantizeOptions options;
    private final Model model;
    private final Progress progress;
    private final Classifier classifier;
    private final CalibrationFeeds calibration;
    private Metric metric;

    ImageData(QuantizeOptions options, Model model, Progress progress) {
        this.options = options;
        this.model = model;
        this.progress = progress;
        this.classifier = options.classifier().open(options.model(), options.run(), progress);
        this.calibration = new Calibration();
    }

    private DataSet divided() {
        return DataSets.dividedFor(options.calibrate(), options.dataOptions(), classifier.input(), progress);
    }

    private ImageStore store(DataSet set) {
        return DataSets.store(set, classifier.input().form(), options.dataOptions(), progress);
    }

    private static int[] all(ImageStore store) {
        return IntStream.range(0, store.dataSet().samples().size()).toArray();
    }

    @Override
    public CalibrationFeeds calibration() {
        return calibration;
    }

    /** Some training images, the same for the same seed, in batches as the model takes them; decoded when first asked for. */
    private final class Calibration extends CalibrationFeeds {
        private ImageStore store;

        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            if (store == null) {
                DataSet set = calibrationSet();
                store = store(set.only(Selection.choose(
                        set, options.images(), classifier.input().seed())));
                int found = store.dataSet().samples().size();
                if (found < FEW && found < options.images()) {
                    progress.warning(options.calibrate() + ": " + found + (found == 1 ? " image" : " images")
                            + " for calibration, too few to show which values activations take; give " + FEW
                            + " or more");
                }
                comparePixels(store);
            }
            ImageInput input = classifier.input();
            int batchSize = input.fixedBatch() > 0 ? input.fixedBatch() : BATCH;
            ImageBatches batches = ImageBatches.of(store, all(store), batchSize).asBytes();
            try (ImageBatches.Epoch epoch = batches.epoch(0, 0)) {
                while (epoch.hasNext()) {
                    try (Batch batch = epoch.next();
                            NativeTensor images = classifier.batch(
                                    batch.array(ImageBatches.IMAGES).bytes(), batch.size(), batchSize)) {
                        consumer.accept(Map.of(input.name(), images));
                    }
                }
            }
        }
    }

    /** Labels are not needed: of a folder that has none all images are taken. */
    private DataSet calibrationSet() {
        Optional<DataSet> unlabelled =
                DataSet.unlabelled(options.calibrate(), classifier.input().labels());
        if (unlabelled.isEmpty()) {
            DataSet set = divided();
            requireLabels(set);
            return set;
        }
        DataSet set = unlabelled.get();
        set.notices().forEach(progress::warning);
        progress.info(
                options.calibrate() + ": no folder per class, so that its images are calibration data without labels");
        return set;
    }

    /** Ranges of other images than the model sees are wrong ranges. */
    private void requireLabels(DataSet set) {
        List<String> labels = classifier.input().labels();
        if (labels != null && !labels.containsAll(set.classes())) {
            progress.warning(options.calibrate() + " has the classes " + Names.some(set.classes()) + ", the model "
                    + Names.some(labels) + "; calibrate with images like those that the model is used on");
        }
    }

    private void comparePixels(ImageStore store) {
        PixelStatistics trained =
                Cards.pixels(classifier.session().metadata(), classifier.form().channels());
        if (trained != null) {
            String difference = PixelDifference.of(PixelStatistics.of(store, all(store), classifier.form()), trained);
            if (!difference.isEmpty()) {
                progress.warning(options.calibrate() + ": " + difference + " of the training images; calibrate with "
                        + "images like those that the model is used on");
            }
        }
    }

    static Fidelity fidelity(QuantizeOptions options, Model model, CalibrationFeeds feeds) {
        return new Fidelity(
                model,
                feeds.fitting(model),
                options.metric() == MetricName.COSINE ? Fidelity.Measure.COSINE : Fidelity.Measure.SNR,
                options.run().session());
    }

    @Override
    public AccuracyGoal goal() {
        if (options.maxDrop() == null) {
            return null;
        }
        metric = options.metric().needsLabels() ? labelled() : fidelity(options, model, calibration);
        return new AccuracyGoal(metric, options.maxDrop());
    }

    /** On the validation images, which are set aside where the data do not say. */
    private Metric labelled() {
        DataSet set = DataSets.evaluated(divided(), classifier, progress);
        int[] validation = set.indices(Split.VALIDATION);
        if (validation.length == 0) {
            throw new HoneException(options.calibrate() + " has no validation images to measure accuracy on; name some "
                    + "with split 'val', or add training images, of which a part is set aside");
        }
        ImageStore store = store(set.only(validation));
        int[] indices = all(store);
        // One image tells whether the model has as many classes as the data.
        classifier.evaluate(store, new int[] {0}, "", progress.silent());
        return made -> {
            try (Classifier other = classifier.of(made, options.run().session())) {
                Confusion confusion =
                        other.evaluate(store, indices, "", progress.silent()).confusion();
                return 100 * (options.metric() == MetricName.F1 ? confusion.macroF1() : confusion.accuracy());
            }
        };
    }

    @Override
    public TrainingData training() {
        ImageInput input = classifier.input();
        if (input.card() == null) {
            throw new HoneException(
                    options.model() + " was not made by Hone and does not name its classes, so that it cannot be "
                            + "trained; fine-tune it first");
        }
        DataSet listed = divided().withClasses(input.labels());
        requireTwo(listed);
        ImageStore store = store(listed.only(IntStream.range(0, listed.samples().size())
                .filter(i -> listed.samples().get(i).split() != Split.TEST)
                .toArray()));
        // Without the files that cannot be decoded.
        DataSet set = store.dataSet();
        requireTwo(set);
        return new TrainingData() {
            @Override
            public int samples() {
                return set.indices(Split.TRAIN).length;
            }

            @Override
            public BatchSource training(int batchSize) {
                return ImageBatches.of(store, set.indices(Split.TRAIN), batchSize)
                        .shuffled(seed())
                        .augmented(Augmentation.INSPECTION)
                        .droppingLast();
            }

            @Override
            public BatchSource validation() {
                int[] validation = set.indices(Split.VALIDATION);
                return validation.length == 0 ? null : ImageBatches.of(store, validation, 32);
            }

            @Override
            public List<String> labels() {
                return set.classes();
            }
        };
    }

    private static void requireTwo(DataSet set) {
        int training = set.indices(Split.TRAIN).length;
        if (training < 2) {
            throw new HoneException(set.root() + " has " + training + " training images, expected 2 or more");
        }
    }

    @Override
    public long seed() {
        return classifier.input().seed();
    }

    @Override
    public void close() {
        if (metric != null) {
            metric.close();
        }
        classifier.close();
    }
}
