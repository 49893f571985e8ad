package dev.hone.cli;

import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.GradientShap;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.data.ImageStore;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.nio.file.Path;

/** GradientSHAP of a model file over images, with one set of baselines for all, or the blurred image for each. */
final class Explainer implements AutoCloseable {
    /** Deviation of the blur over maps, of the longer side: single pixels say little, and nobody can see them. */
    static final double SMOOTHING = 0.02;

    private final Classifier classifier;
    private final boolean blurred;
    private final GradientShap shap;

    /** @param verdict index of the class decided for, which need not be the one that is explained */
    record Explained(Explanation explanation, int verdict, float probability) {
        /** The map over the photograph itself: what letterboxing put around it is left out. */
        HeatMap map(Path photograph, ImageStore.Form form, boolean absolute) {
            int c = (int) explanation.shape()[0];
            int h = (int) explanation.shape()[1];
            int w = (int) explanation.shape()[2];
            float[] values = explanation.attribution();
            HeatMap map = absolute ? HeatMap.absolute(values, c, h, w) : HeatMap.signed(values, c, h, w);
            ImageFiles.Size size = ImageFiles.size(photograph);
            return map.smoothed(SMOOTHING * Math.max(h, w))
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
            ExplainOptions options) {
        this(file, classifier, by.tensor(classifier, dataOption, data, count), by == Baselines.BLURRED, options);
    }

    /** @param indices which images of the store are the baselines */
    Explainer(Path file, Classifier classifier, ImageStore store, int[] indices, ExplainOptions options) {
        this(file, classifier, Baselines.sample(classifier, store, indices), false, options);
    }

    private Explainer(
            Path file, Classifier classifier, NativeTensor baselines, boolean blurred, ExplainOptions options) {
        this.classifier = classifier;
        this.blurred = blurred;
        try (baselines) {
            this.shap = GradientShap.open(OnnxReader.read(file), baselines, options);
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
                shap.replaceBaselines(own);
            }
        }
        Explanation explanation = shap.explain(values, target < 0 ? verdict : target);
        return new Explained(explanation, verdict, row[verdict]);
    }

    @Override
    public void close() {
        shap.close();
    }
}
