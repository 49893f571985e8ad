package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.model.Classifier;
import dev.hone.model.ImageInput;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** A second model over the same images, explained by the same draws against the same baselines. */
record Twin(Path file, Classifier classifier, Explainer explainer) implements AutoCloseable {
    /**
     * @param methods of the first model, closed by their owner
     * @throws HoneException if it takes images in another form, or tells other classes apart
     */
    static Twin open(Path file, Classifier first, ImageMethods methods, Method method, PixelOption pixels) {
        Classifier classifier =
                new Classifier(file, pixels.pixels, methods.common().session());
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
                        + "; --against compares models of the same images and classes");
            }
            return new Twin(file, classifier, new Explainer(classifier, methods, method));
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    private static String described(ImageInput input) {
        ImageStore.Form form = input.form();
        return String.format(
                Locale.ROOT,
                "images of %d x %d x %d, %s, pixels less %s over %s, %s",
                form.channels(),
                form.height(),
                form.width(),
                form.mode().name().toLowerCase(Locale.ROOT),
                Arrays.toString(input.mean()),
                Arrays.toString(input.deviation()),
                input.labels() == null ? "classes by number" : "of the classes " + input.labels());
    }

    @Override
    public void close() {
        explainer.close();
        classifier.close();
    }
}
