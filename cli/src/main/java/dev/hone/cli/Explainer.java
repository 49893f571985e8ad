package dev.hone.cli;

import dev.hone.explain.Attributor;
import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.graph.HoneException;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.data.ImageStore;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.nio.file.Path;
import java.util.Arrays;

/** A method of explanation of a model file over images, with one set of baselines for all, or the blurred image for each. */
final class Explainer implements AutoCloseable {
    /** Deviation of the blur over maps, of the longer side: single pixels say little, and nobody can see them. */
    static final double SMOOTHING = 0.02;

    private final Classifier classifier;
    private final boolean blurred;
    private final Attributor attributor;
    private final MethodOption grouping;

    /**
     * @param groups the groups of pixels that are explained, null for single ones
     * @param verdict index of the class decided for, which need not be the one that is explained
     */
    record Explained(Explanation explanation, Groups groups, int verdict, float probability) {
        /** The map over the photograph itself: what letterboxing put around it is left out. */
        HeatMap map(Path photograph, ImageStore.Form form, boolean absolute) {
            long[] shape =
                    groups == null ? explanation.shape() : new long[] {form.channels(), form.height(), form.width()};
            if (shape.length != 3) {
                throw new HoneException("the layer's values are " + Arrays.toString(shape)
                        + " for each image; a heat map is drawn of [C,H,W]");
            }
            int c = (int) shape[0];
            int h = (int) shape[1];
            int w = (int) shape[2];
            float[] values = groups == null ? explanation.attribution() : groups.paint(explanation.attribution());
            HeatMap map = absolute ? HeatMap.absolute(values, c, h, w) : HeatMap.signed(values, c, h, w);
            ImageFiles.Size size = ImageFiles.size(photograph);
            return (groups == null ? map.smoothed(SMOOTHING * Math.max(h, w)) : map)
                    .cropped(Resize.content(size.height(), size.width(), h, w, form.mode()));
        }
    }

    /** @param by how baselines are chosen; {@code data} and {@code count} count where it takes them from images */
    Explainer(
            Path file,
            Classifier classifier,
            DataOption dataOption,
            Baselines by,
            Path data,
            int count,
            MethodOption method,
            MethodOptions options) {
        this(
                file,
                classifier,
                by.tensor(classifier, dataOption, data, count),
                by == Baselines.BLURRED,
                method,
                options);
    }

    /** GradientSHAP. @param indices which images of the store are the baselines */
    Explainer(Path file, Classifier classifier, ImageStore store, int[] indices, ExplainOptions options) {
        this(file, classifier, Baselines.sample(classifier, store, indices), false, null, MethodOptions.of(options));
    }

    private Explainer(
            Path file,
            Classifier classifier,
            NativeTensor baselines,
            boolean blurred,
            MethodOption grouping,
            MethodOptions options) {
        this.classifier = classifier;
        this.blurred = blurred;
        this.grouping = grouping;
        Method method = grouping == null ? Method.GRADIENT_SHAP : grouping.method();
        try (baselines) {
            this.attributor = method.open(OnnxReader.read(file), baselines, options);
        }
    }

    /** @param target the class to explain, -1 for that of the verdict */
    Explained explain(Image image, int target) {
        float[] row;
        float[] values;
        try (NativeTensor tensor = classifier.tensor(image)) {
            row = classifier.probabilities(tensor)[0];
            values = tensor.floats();
        }
        int verdict = classifier.input().decision().of(row);
        if (blurred) {
            try (NativeTensor own = Baselines.blurred(values, classifier.form())) {
                attributor.replaceBaselines(own);
            }
        }
        ImageStore.Form form = classifier.form();
        Groups groups = grouping == null
                ? null
                : grouping.groups(values, new long[] {form.channels(), form.height(), form.width()});
        int of = target < 0 ? verdict : target;
        Explanation explanation =
                groups == null ? attributor.explain(values, of) : attributor.explain(values, of, groups);
        return new Explained(explanation, groups, verdict, row[verdict]);
    }

    @Override
    public void close() {
        attributor.close();
    }
}
