package dev.hone.cli;

import dev.hone.explain.Contrast;
import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.store.ImageStore;

/**
 * How images of one form are explained, whatever the method: what they are compared with, over which groups of pixels, with
 * which options.
 *
 * @param baselines [R,C,H,W]; closed with this
 * @param blurred whether each image is compared with itself without its details instead
 * @param common seed, threads, and what was asked for of samples, error and noise
 * @param samples as asked for, or null for each method's own number
 * @param ratherThan index of the class that scores are compared with, -1 for none
 */
record ImageMethods(
        NativeTensor baselines,
        boolean blurred,
        MethodOption choice,
        ExplainOptions common,
        Integer samples,
        int ratherThan,
        ImageStore.Form form)
        implements AutoCloseable {

    /** The model whose scores are what is explained. */
    Model explained(Model model) {
        return ratherThan < 0 ? model : Contrast.of(model, ratherThan);
    }

    /** With that seed in place of the common one. */
    ImageAttributor open(Model model, Method method, long seed) {
        MethodOptions options = choice.options(method, common.withSeed(seed), samples);
        return new ImageAttributor(method.open(model, baselines, options.withRatherThan(ratherThan)), method, this);
    }

    @Override
    public void close() {
        baselines.close();
    }
}
