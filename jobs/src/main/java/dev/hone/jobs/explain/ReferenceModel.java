package dev.hone.jobs.explain;

import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.model.Classifier;
import dev.hone.model.ImageInput;
import dev.hone.model.PixelRange;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** A second model of the same images and classes, explained by the same samples against the same baselines. */
public record ReferenceModel(Path file, Classifier classifier, ImageExplainer explainer) implements AutoCloseable {
    /**
     * @param methods of the first model, closed by their owner
     * @param pixels for a model that does not say how it takes pixels, or null
     * @throws HoneException if it takes images in another form, or has other classes
     */
    public static ReferenceModel open(
            Path file, Classifier first, ImageAttributors methods, Method method, PixelRange pixels) {
        Classifier classifier = new Classifier(file, pixels, methods.common().session());
        try {
            ImageInput one = first.input();
            ImageInput other = classifier.input();
            boolean sameInput = one.form().equals(other.form())
                    && Arrays.equals(one.mean(), other.mean())
                    && Arrays.equals(one.deviation(), other.deviation());
            if (!sameInput
                    || one.labels() != null
                            && other.labels() != null
                            && !one.labels().equals(other.labels())) {
                throw new HoneException(file + " takes " + described(other) + ", the first model " + described(one)
                        + "; only models of the same images and classes are compared");
            }
            return new ReferenceModel(file, classifier, new ImageExplainer(classifier, methods, method));
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    private static String described(ImageInput input) {
        ImageStore.Form form = input.form();
        return String.format(
                Locale.ROOT,
                "images of %d x %d x %d, %s, pixels normalized by mean %s and deviation %s, %s",
                form.channels(),
                form.height(),
                form.width(),
                form.mode().name().toLowerCase(Locale.ROOT),
                Arrays.toString(input.mean()),
                Arrays.toString(input.deviation()),
                input.labels() == null ? "classes without labels" : "classes " + input.labels());
    }

    @Override
    public void close() {
        explainer.close();
        classifier.close();
    }
}
