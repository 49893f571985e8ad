package dev.hone.cli;

import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Explanation;
import dev.hone.explain.GradientShap;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.data.DataSet;
import dev.hone.vision.data.ImageStore;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** GradientSHAP of a model file over images, with baselines from a data set's training images. */
final class Explainer implements AutoCloseable {
    /** Deviation of the blur over maps, of the longer side: single pixels say little, and nobody can see them. */
    private static final double SMOOTHING = 0.02;

    private final Classifier classifier;
    private final NativeTensor baselines;
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

    Explainer(Path file, Classifier classifier, DataOption dataOption, Path data, int count, ExplainOptions options) {
        this(file, classifier, chosen(classifier, dataOption, data, count), options);
    }

    private Explainer(Path file, Classifier classifier, ImageStore chosen, ExplainOptions options) {
        this(
                file,
                classifier,
                chosen,
                IntStream.range(0, chosen.dataSet().samples().size()).toArray(),
                options);
    }

    /** @param indices which images of the store are the baselines */
    Explainer(Path file, Classifier classifier, ImageStore store, int[] indices, ExplainOptions options) {
        this.classifier = classifier;
        this.baselines = tensor(classifier, store, indices);
        try {
            Model model = OnnxReader.read(file);
            this.shap = GradientShap.open(model, baselines, options);
        } catch (RuntimeException e) {
            baselines.close();
            throw e;
        }
    }

    private static ImageStore chosen(Classifier classifier, DataOption dataOption, Path data, int count) {
        DataSet set = dataOption.dividedFor(data, classifier.input());
        int[] indices = TrainingImages.choose(set, count, classifier.input().seed());
        return dataOption.store(set.only(indices), classifier.input().form());
    }

    private static NativeTensor tensor(Classifier classifier, ImageStore store, int[] indices) {
        ImageStore.Form form = store.form();
        NativeTensor all = NativeTensor.allocate(1, indices.length, form.channels(), form.height(), form.width());
        FloatBuffer floats = all.buffer().asFloatBuffer();
        byte[] pixels = new byte[form.bytes()];
        for (int index : indices) {
            store.read(index, pixels);
            classifier.input().scaled(ByteBuffer.wrap(pixels), floats);
        }
        return all;
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
        Explanation explanation = shap.explain(values, target < 0 ? verdict : target);
        return new Explained(explanation, verdict, row[verdict]);
    }

    @Override
    public void close() {
        shap.close();
        baselines.close();
    }
}
