package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.graph.Model;
import dev.hone.model.Classifier;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** An attribution method opened for a classifier of images, with the classifier's predictions. */
public final class ImageExplainer implements AutoCloseable {
    /** Standard deviation of the blur over maps as a share of the longer side: single pixels say little. */
    public static final double SMOOTHING = 0.02;

    private final Classifier classifier;
    private final Method method;
    private final ImageAttributors methods;
    private final ImageAttributor attributor;
    private final String scoreName;

    /**
     * @param attributed the map that is shown
     * @param predicted index of the predicted class, which need not be the explained one
     */
    public record Explained(ImageAttributor.Attributed attributed, int predicted, float probability) {
        public Explanation explanation() {
            return attributed.explanation();
        }

        /** The groups of pixels that are explained, null for single ones. */
        public Groups groups() {
            return attributed.groups();
        }

        /** The map over the image itself: what letterboxing put around it is left out. */
        public HeatMap map(Path image, ImageStore.Form form, boolean absolute) {
            long[] shape = groups() == null
                    ? explanation().shape()
                    : new long[] {form.channels(), form.height(), form.width()};
            if (shape.length != 3) {
                throw new HoneException("the layer's values are " + Arrays.toString(shape)
                        + " for each image; a heat map is drawn of [C,H,W]");
            }
            int c = (int) shape[0];
            int h = (int) shape[1];
            int w = (int) shape[2];
            float[] values = attributed.painted();
            HeatMap map = absolute ? HeatMap.absolute(values, c, h, w) : HeatMap.signed(values, c, h, w);
            ImageFiles.Size size = ImageFiles.size(image);
            return (groups() == null ? map.smoothed(SMOOTHING * Math.max(h, w)) : map)
                    .cropped(Resize.content(size.height(), size.width(), h, w, form.mode()));
        }
    }

    /** @param classifier the model; stays the caller's, like the methods */
    public ImageExplainer(Classifier classifier, ImageAttributors methods, Method method) {
        this.classifier = classifier;
        this.method = method;
        this.methods = methods;
        Model explained = classifier.explained();
        this.scoreName = ModelFiles.explainedName(explained) + (methods.contrast() < 0 ? "" : " margin");
        this.attributor = methods.open(explained, method, seed());
    }

    public Method method() {
        return method;
    }

    /** What is explained of a class: its logit, say, or its margin over the contrast class. */
    public String scoreName() {
        return scoreName;
    }

    public long seed() {
        return methods.common().seed();
    }

    /** @param target the class to explain, -1 for the predicted one */
    public Explained explain(Image image, int target) {
        return explain(image, List.of(target)).get(0);
    }

    /** Several classes, each -1 for the predicted one, in the order given. */
    public List<Explained> explain(Image image, List<Integer> targets) {
        Decided decided = decide(image);
        List<Integer> wanted =
                targets.stream().map(t -> t < 0 ? decided.predicted() : t).toList();
        return attributor.explain(classifier.values(image), wanted).stream()
                .map(attributed -> new Explained(attributed, decided.predicted(), decided.probability()))
                .toList();
    }

    /** A prediction: the class and its probability. */
    record Decided(int predicted, float probability) {}

    Decided decide(Image image) {
        try (NativeTensor tensor = classifier.tensor(image)) {
            float[] row = classifier.probabilities(tensor)[0];
            int predicted = classifier.input().decision().of(row);
            return new Decided(predicted, row[predicted]);
        }
    }

    /** Whether there is something to explain of an image's prediction: it is not the contrast class. */
    public boolean explainsPrediction(Image image) {
        return methods.contrast() < 0 || decide(image).predicted() != methods.contrast();
    }

    /** Label of the contrast class, null for none. */
    public String contrast() {
        return methods.contrast() < 0 ? null : classifier.input().label(methods.contrast());
    }

    @Override
    public void close() {
        attributor.close();
    }
}
