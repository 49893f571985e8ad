package dev.hone.jobs.explain;

import dev.hone.core.Progress;
import dev.hone.explain.Contrast;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SamplingOptions;
import dev.hone.graph.Model;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.store.ImageStore;
import java.util.List;

/**
 * Opens attributors of images of one form: what they are compared with, over which groups of pixels, with which options.
 *
 * @param baselines [R,C,H,W]; closed with this
 * @param blurred whether each image is compared with itself blurred instead
 * @param options of the methods; its own method is not looked at
 * @param session threads and device
 * @param contrast index of the contrast class, -1 for none
 */
public record ImageAttributors(
        NativeTensor baselines,
        boolean blurred,
        AttributionOptions options,
        SessionOptions session,
        int contrast,
        ImageStore.Form form)
        implements AutoCloseable {
    /**
     * What a user asks for.
     *
     * @param explained by these methods
     */
    static ImageAttributors open(
            ExplainOptions options, Classifier classifier, List<Method> explained, Progress progress) {
        // Before images are read: an unknown class is found at once.
        int contrast = options.target().contrast(classifier.input());
        BaselineKind kind = options.baselines().kind(explained);
        NativeTensor baselines = ImageBaselines.of(
                kind,
                classifier,
                options.baselines().baselines(),
                options.baselines().baselineCount(),
                options.data(),
                progress);
        return new ImageAttributors(
                baselines,
                kind == BaselineKind.BLURRED,
                options.attribution(),
                options.run().session(progress),
                contrast,
                classifier.form());
    }

    /** Each image compared with itself blurred, all options at their defaults. */
    public static ImageAttributors blurred(Classifier classifier, SessionOptions session) {
        return new ImageAttributors(
                ImageBaselines.black(classifier), true, AttributionOptions.defaults(), session, -1, classifier.form());
    }

    /** Seed, threads, and what is asked for of samples, error and noise. */
    public SamplingOptions common() {
        return options.sampling(session);
    }

    /** The model whose logits, or margins over the contrast class, are explained. */
    public Model explained(Model model) {
        return contrast < 0 ? model : Contrast.of(model, false, contrast);
    }

    /** A method for a model, with that seed in place of the common one. */
    public ImageAttributor open(Model model, Method method, long seed) {
        MethodOptions taken = options.of(method, common().withSeed(seed));
        return new ImageAttributor(method.open(model, baselines, taken.withContrast(contrast)), method, this);
    }

    @Override
    public void close() {
        baselines.close();
    }
}
