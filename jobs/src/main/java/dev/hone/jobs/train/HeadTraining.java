package dev.hone.jobs.train;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Folds;
import dev.hone.data.Split;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.metric.Confusion;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.train.backbone.Backbone;
import dev.hone.train.head.FeatureExtraction;
import dev.hone.train.head.FeatureForm;
import dev.hone.train.head.FeatureModel;
import dev.hone.train.head.FeatureRows;
import dev.hone.train.head.FittedHead;
import dev.hone.train.head.HeadKind;
import dev.hone.train.head.HeadModel;
import dev.hone.train.head.HeadSamples;
import dev.hone.train.head.HeadSearch;
import dev.hone.train.head.Projection;
import dev.hone.train.network.Networks;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Fits heads to the features of the training images: models in seconds. */
final class HeadTraining {
    private static final int FOLDS = 5;
    /** Images by which a model is compared with its head. */
    private static final int COMPARED = 8;
    /** How far logits of the model may be from those of the head, as a fraction of the largest. */
    private static final double PARITY = 1e-2;

    private final TrainOptions options;
    private final Backbone backbone;
    private final DataSet set;
    private final ImageStore store;
    private final Progress progress;
    private final int[] training;
    private Projection projection;
    private HeadSamples samples;
    private HeadSearch search;
    private final Map<HeadKind, FittedHead> fitted = new EnumMap<>(HeadKind.class);

    HeadTraining(TrainOptions options, Backbone backbone, ImageStore store, Progress progress) {
        this.options = options;
        this.backbone = backbone;
        this.set = store.dataSet();
        this.store = store;
        this.progress = progress;
        this.training = set.indices(Split.TRAIN);
    }

    /** Whether the training images can be divided for cross-validation: they are of two groups or more. */
    static boolean isPossible(DataSet set) {
        int[] training = set.indices(Split.TRAIN);
        return Arrays.stream(folds(set, training, 0))
                        .filter(f -> f >= 0)
                        .distinct()
                        .count()
                > 1;
    }

    /** Computes the features, or takes those of the cache. */
    void prepare() {
        FeatureModel features = FeatureModel.of(backbone.folded().model(), FeatureForm.standard());
        try (FeatureRows rows = FeatureExtraction.of(
                features, store, training, cache(), options.run().session(), progress)) {
            int[] all = IntStream.range(0, training.length).toArray();
            projection = Projection.fit(rows, all, options.seed(), options.run().session());
            int[] labels = Arrays.stream(training)
                    .map(i -> set.samples().get(i).label())
                    .toArray();
            samples = new HeadSamples(
                    projection.components(rows, options.run().session()),
                    projection.components(),
                    labels,
                    set.classes().size());
            search = new HeadSearch(samples, folds(set, training, options.seed()), set.classes(), options.seed());
        }
    }

    /** Null where there is no place, of which decoding the images has warned. */
    private Path cache() {
        try {
            return options.dataOptions().folder();
        } catch (HoneException e) {
            return null;
        }
    }

    private static int[] folds(DataSet set, int[] training, long seed) {
        Map<Integer, Integer> place = new HashMap<>();
        for (int i = 0; i < training.length; i++) {
            place.put(training[i], i);
        }
        int[] fold = new int[training.length];
        Arrays.fill(fold, -1);
        Folds folds = Folds.tolerant(set, training, FOLDS, seed);
        for (int f = 0; f < folds.count(); f++) {
            for (int i : folds.validation(f)) {
                fold[place.get(i)] = f;
            }
        }
        return fold;
    }

    /** The head that was asked for, or the better one of linear and svm. */
    FittedHead fit() {
        HeadKind kind = options.head().head();
        if (kind != null) {
            return fit(kind);
        }
        FittedHead linear = fit(HeadKind.LINEAR);
        FittedHead svm = fit(HeadKind.SVM);
        return svm.macroF1() > linear.macroF1() ? svm : linear;
    }

    /** A head of one kind. */
    FittedHead fit(HeadKind kind) {
        FittedHead head = fitted.get(kind);
        if (head == null) {
            head = search.fit(kind, progress);
            fitted.put(kind, head);
            progress.info(described(head));
        }
        return head;
    }

    private static String described(FittedHead head) {
        Confusion confusion = head.crossValidation().confusion();
        return String.format(
                Locale.ROOT,
                "head %s (%s)  cross-validation: accuracy %.1f %%, macro F1 %.1f %%",
                head.kind().label(),
                head.setting(),
                100 * confusion.accuracy(),
                100 * confusion.macroF1());
    }

    /** What the card says of it. */
    String summary(FittedHead head) {
        return String.format(
                Locale.ROOT,
                "%s head (%s) on features of %s, cross-validated macro F1 %.4f",
                head.kind().label(),
                head.setting(),
                backbone.name(),
                head.macroF1());
    }

    /**
     * From pixels to probabilities, with the backbone's weights folded.
     *
     * @throws HoneException if the model does not compute what the head does
     */
    Model model(FittedHead head) {
        FeatureModel features = FeatureModel.of(backbone.folded().model(), FeatureForm.standard());
        Model model = HeadModel.of(features, projection, head.head());
        double difference = difference(model, head);
        if (!(difference <= PARITY)) {
            throw new HoneException("the model's logits differ from those of its "
                    + head.kind().label() + " head by " + difference + " of the largest, expected at most " + PARITY);
        }
        return model;
    }

    /** The same with all parameters of the backbone, to be trained further. */
    Model trainable(FittedHead head) {
        return HeadModel.of(FeatureModel.of(backbone.model(), FeatureForm.standard()), projection, head.head());
    }

    private double difference(Model model, FittedHead head) {
        int count = Math.min(COMPARED, training.length);
        ImageStore.Form form = store.form();
        float[] pixels = new float[count * form.bytes()];
        byte[] image = new byte[form.bytes()];
        for (int i = 0; i < count; i++) {
            store.read(training[i], image);
            for (int p = 0; p < image.length; p++) {
                pixels[i * image.length + p] = image[p] & 0xFF;
            }
        }
        double largest = 0;
        double difference = 0;
        try (Session session =
                        Session.open(OnnxWriter.toBytes(model), options.run().session());
                NativeTensor in = NativeTensor.ofFloats(pixels, count, form.channels(), form.height(), form.width());
                NativeTensor out = session.run(Map.of(Networks.INPUT, in), List.of(Networks.LOGITS), Map.of())
                        .get(Networks.LOGITS)) {
            float[] found = out.floats();
            for (int i = 0; i < count; i++) {
                double[] expected = head.head().logits(samples.values(), i * samples.width());
                for (int k = 0; k < expected.length; k++) {
                    largest = Math.max(largest, Math.abs(expected[k]));
                    difference = Math.max(difference, Math.abs(found[i * expected.length + k] - expected[k]));
                }
            }
        }
        return difference / largest;
    }
}
