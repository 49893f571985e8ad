package dev.hone.jobs.explain;

import dev.hone.core.option.Options;
import dev.hone.core.option.Setting;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SamplingOptions;
import dev.hone.explain.Superpixels;
import dev.hone.runtime.SessionOptions;
import java.util.Map;

/** The attribution method, what it explains of an image, and how many samples it takes. */
public record AttributionOptions(
        @Setting(help = "Attribution method.", defText = "gradient-shap", group = "Explanation")
        Method method,

        @Setting(
                help = "A node or value inside the model: Grad-CAM uses its feature maps, gradient methods explain its "
                        + "values instead of the image.",
                label = "NAME",
                defText = "for Grad-CAM the last feature maps",
                group = "Explanation")
        String layer,

        @Setting(
                help = "Side of the window of occlusion in pixels.",
                label = "PIXELS",
                defText = "a tenth of the longer side",
                min = 0,
                group = "Explanation")
        int window,

        @Setting(
                help = "Stride of the window of occlusion in pixels.",
                label = "PIXELS",
                defText = "half the window",
                min = 0,
                group = "Explanation")
        int stride,

        @Setting(
                help = "Explain about N superpixels instead of pixels.",
                label = "N",
                defText = "pixels; 50 for kernel-shap",
                min = 0,
                group = "Explanation")
        int superpixels,

        @Setting(
                help = "Explain the cells of a grid instead of pixels; the width of a cell in pixels.",
                label = "PIXELS",
                defText = "pixels; 4 x 4 cells for exact-shapley",
                min = 0,
                group = "Explanation")
        int grid,

        @Setting(
                help = "Report the K regions, columns or steps with the largest absolute attribution, with error bars.",
                label = "K",
                defText = "5 regions of an image; none of a row",
                min = 0,
                group = "Explanation")
        Integer top,

        @Setting(
                help =
                        "Samples per explanation: gradients, steps, masks or coalitions. With a target error the maximum.",
                label = "N",
                defText = "that of the method, 50 for gradient-shap; 20000 with a target error",
                min = 1,
                group = "Explanation")
        Integer samples,

        @Setting(
                help =
                        "Sample until the relative sampling error of the attribution map is at most E, such as 0.05; 0 for "
                                + "a fixed number of samples.",
                label = "E",
                def = "0",
                min = 0,
                group = "Explanation")
        double error,

        @Setting(
                help = "Standard deviation of Gaussian noise added to the image, in units of the model's input.",
                label = "SIGMA",
                def = "0",
                min = 0,
                group = "Explanation")
        double noise,

        @Setting(
                help = "Random seed of the samples; baselines do not depend on it.",
                label = "N",
                def = "1",
                group = "Explanation")
        long seed) {
    private static final int TOP = 5;

    /** Superpixels of a method that samples coalitions of them. */
    private static final int PLAYERS = 50;

    /** Cells a side of the grid of a method that evaluates all coalitions. */
    private static final int CELLS = 4;

    /** GradientSHAP of single pixels with 50 samples. */
    public static AttributionOptions defaults() {
        return Options.of(AttributionOptions.class).build(Map.of());
    }

    /** The method of images and of models with one float input. */
    Method methodOrDefault() {
        return method == null ? Method.GRADIENT_SHAP : method;
    }

    /** How many regions of an image are reported. */
    int topOfImages() {
        return top == null ? TOP : top;
    }

    /** How many columns or steps of a row are reported, 0 for none. */
    int topOfRows() {
        return top == null ? 0 : top;
    }

    boolean isGrouped() {
        return superpixels > 0 || grid > 0;
    }

    /** Whether a method samples until an error is reached. */
    static boolean reachesError(Method method) {
        return method == Method.GRADIENT_SHAP || method == Method.EXPECTED_GRADIENTS;
    }

    /** Whether a method looks at values inside the model. */
    static boolean takesLayer(Method method) {
        return method.needs() == Method.Needs.GRADIENTS || method.needs() == Method.Needs.FEATURE_MAPS;
    }

    /** What is common to all methods. */
    SamplingOptions sampling(SessionOptions session) {
        // The models that are given end in what is explained: see ModelFiles.explained.
        SamplingOptions options = SamplingOptions.defaults()
                .withLogits(false)
                .withSeed(seed)
                .withNoise((float) noise)
                .withSession(session);
        options = error > 0 ? options.withError(error) : options;
        return samples != null ? options.withSamples(samples) : options;
    }

    /** What one method takes of these options, with its own number of samples where none is given. */
    MethodOptions of(Method one, SamplingOptions common) {
        SamplingOptions filled = error > 0 && reachesError(one)
                ? common
                : common.withError(0).withSamples(samples == null ? one.defaultSamples() : samples);
        MethodOptions options = MethodOptions.of(filled).withLayer(takesLayer(one) ? layer : null);
        return window > 0 || stride > 0 ? options.withWindow(window, stride) : options;
    }

    /**
     * The groups of an image's pixels that a method explains, null for single pixels.
     *
     * @param image [C,H,W] as the model takes it
     * @param shape C, H and W
     */
    Groups groups(Method one, float[] image, long[] shape) {
        if (grid > 0) {
            return Groups.grid(shape, grid);
        }
        if (superpixels > 0) {
            return Superpixels.of(image, shape, superpixels);
        }
        return switch (one) {
            case KERNEL_SHAP -> Superpixels.of(image, shape, PLAYERS);
            case EXACT_SHAPLEY -> Groups.grid(shape, (int) (Math.max(shape[1], shape[2]) + CELLS - 1) / CELLS);
            default -> null;
        };
    }
}
