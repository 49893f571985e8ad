package dev.hone.cli;

import dev.hone.explain.Method;
import dev.hone.graph.HoneException;
import java.nio.file.Path;
import java.util.Arrays;

/** A second model over the same images, explained by the same draws against the same baselines. */
record Twin(Path file, Classifier classifier, Explainer explainer) implements AutoCloseable {
    /**
     * @param methods of the first model, closed by their owner
     * @throws HoneException if it takes images in another form, or tells other classes apart
     */
    static Twin open(Path file, Classifier first, ImageMethods methods, Method method, PixelOption pixels) {
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
                throw new HoneException(file + " takes " + other.form() + " of the classes " + other.labels()
                        + ", the first model " + one.form() + " of " + one.labels()
                        + "; --against compares models of the same images and classes");
            }
            return new Twin(file, classifier, new Explainer(file, classifier, methods, method));
        } catch (RuntimeException e) {
            classifier.close();
            throw e;
        }
    }

    @Override
    public void close() {
        explainer.close();
        classifier.close();
    }
}
