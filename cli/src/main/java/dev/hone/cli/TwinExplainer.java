package dev.hone.cli;

import dev.hone.explain.Explanation;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.quality.Ranks;
import dev.hone.graph.HoneException;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.image.Image;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Explains images by another model too, such as the float model that a quantized one was made from, with the same draws
 * and for the same class, and tells how far the two agree.
 */
final class TwinExplainer implements AutoCloseable {
    private final Classifier first;
    private final Classifier classifier;
    private final Explainer explainer;

    /**
     * @param first the model that is explained in the first place
     * @param file the other one; of the same size of image and the same classes
     */
    TwinExplainer(
            Classifier first,
            Path file,
            PixelOption pixels,
            SessionOptions session,
            DataOption dataOption,
            Baselines by,
            Path data,
            int count,
            MethodOption method,
            MethodOptions options) {
        this.first = first;
        this.classifier = new Classifier(file, pixels, session);
        try {
            requireAlike(file);
            this.explainer = new Explainer(file, classifier, dataOption, by, data, count, method, options);
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    private void requireAlike(Path file) {
        if (!classifier.form().equals(first.form())
                || !java.util.Objects.equals(
                        classifier.input().labels(), first.input().labels())) {
            throw new HoneException(file + " takes " + classifier.form() + " for "
                    + classifier.input().labels()
                    + ", the model explained takes " + first.form() + " for "
                    + first.input().labels() + "; compare models of the same images and classes");
        }
    }

    /**
     * @param correlation Spearman's rank correlation of the attributions, from -1 to 1
     * @param difference Euclidean norm of the difference of the maps over that of this model's, 0 or more
     */
    record Agreement(
            Explainer.Explained explained, String verdict, boolean same, double correlation, double difference) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "its verdict: %s; maps correlate by %.3f and differ by %.1f %%",
                    same ? "the same" : verdict,
                    correlation,
                    100 * difference);
        }

        Map<String, Object> document() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("verdict", verdict);
            map.put("sameVerdict", same);
            map.put("rankCorrelation", Json.round(correlation, 4));
            map.put("relativeDifference", Json.round(difference, 4));
            return map;
        }
    }

    Agreement compare(Image image, Explainer.Explained of) {
        Explanation one = of.explanation();
        Explainer.Explained other = explainer.explain(image, one.target());
        float[] a = one.attribution();
        float[] b = other.explanation().attribution();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            difference += Math.pow((double) a[i] - b[i], 2);
            norm += (double) b[i] * b[i];
        }
        return new Agreement(
                other,
                classifier.input().label(other.verdict()),
                other.verdict() == of.verdict(),
                Ranks.correlation(a, b),
                norm == 0 ? Double.NaN : Math.sqrt(difference / norm));
    }

    @Override
    public void close() {
        explainer.close();
        classifier.close();
    }
}
