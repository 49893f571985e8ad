package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SamplingOptions;
import dev.hone.jobs.explain.AttributionOptions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** By which method is explained, and over which groups of pixels. */
final class MethodOption {
    private static final Set<Method> SUMS = EnumSet.of(
            Method.GRADIENT_SHAP,
            Method.EXPECTED_GRADIENTS,
            Method.INTEGRATED_GRADIENTS,
            Method.KERNEL_SHAP,
            Method.EXACT_SHAPLEY);

    private static final int TOP = 5;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "The method (default: gradient-shap); --list-methods lists them.")
    private String name;

    @Option(names = "--list-methods", help = true, description = "List the methods and what they need of a model.")
    private boolean list;

    @Option(
            names = "--layer",
            paramLabel = "NAME",
            description = "A node or value inside the model: Grad-CAM looks there (default: the last feature maps), "
                    + "methods of gradients explain it instead of the image.")
    private String layer;

    @Option(
            names = "--window",
            paramLabel = "PIXELS",
            description = "Side of the window of occlusion (default: a tenth of the longer side).")
    private int window;

    @Option(
            names = "--stride",
            paramLabel = "PIXELS",
            description = "By how much the window moves (default: half of it).")
    private int stride;

    @Option(names = "--superpixels", paramLabel = "N", description = "Explain about N superpixels instead of pixels.")
    private int superpixels;

    @Option(
            names = "--grid",
            paramLabel = "PIXELS",
            description = "Explain the cells of a grid of this width instead of pixels.")
    private int grid;

    @Option(
            names = "--top",
            paramLabel = "K",
            description =
                    "Of superpixels or a grid, or of a row's columns or steps, print the K that matter most, with "
                            + "error bars (default: 5 of groups of pixels).")
    private Integer top;

    boolean list() {
        return list;
    }

    /** Whether one was named. */
    boolean given() {
        return name != null;
    }

    Method method() {
        return name == null ? Method.GRADIENT_SHAP : Method.of(name);
    }

    int top() {
        return top == null ? TOP : top;
    }

    /** Of rows of tables and arrays, which are told in full where none are asked for: then 0. */
    int topOfRows() {
        if (top != null && top < 1) {
            throw new HoneException("--top " + top + ": expected 1 or more columns or steps of each row");
        }
        return top == null ? 0 : top;
    }

    /** Bars and waterfalls of a table divide a difference of scores among its columns. */
    void requireSums() {
        if (!SUMS.contains(method())) {
            throw new HoneException(
                    "--method " + method().label() + ": rows of a table are explained by methods whose values sum to "
                            + "the score: " + labels(SUMS.stream()));
        }
    }

    void refuseOptionsOfImages() {
        if (grouped() || layer != null || window > 0 || stride > 0) {
            throw new HoneException("--superpixels, --grid, --layer, --window and --stride are for images, found rows");
        }
    }

    /**
     * Refuses what none of the methods takes.
     *
     * @param samples as asked for, or null
     */
    void check(List<Method> methods, Integer samples, SamplingOptions common) {
        require(methods, common.error() > 0, "--error", MethodOption::sampled);
        require(methods, common.noise() > 0, "--noise", m -> m == Method.GRADIENT_SHAP || m == Method.SMOOTH_GRAD);
        require(methods, window > 0 || stride > 0, "--window and --stride", m -> m == Method.OCCLUSION);
        require(methods, samples != null, "--samples", m -> m.defaultSamples() > 1);
        require(methods, layer != null, "--layer", MethodOption::looksInside);
        if (superpixels > 0 && grid > 0) {
            throw new HoneException("--superpixels and --grid are given, expected one of them");
        }
        if (superpixels < 0 || grid < 0 || window < 0 || stride < 0 || top() < 0) {
            throw new HoneException("--superpixels " + superpixels + ", --grid " + grid + ", --window " + window
                    + ", --stride " + stride + ", --top " + top() + ": expected 0 or more");
        }
        if (grouped() && layer != null && methods.stream().anyMatch(m -> m.needs() == Method.Needs.GRADIENTS)) {
            throw new HoneException(
                    "--superpixels and --grid group the image's pixels, --layer explains another value");
        }
    }

    /** What many images are judged by together: their pixels. */
    void checkPixels(List<Method> methods, Integer samples, SamplingOptions common) {
        check(methods, samples, common);
        if (layer != null && methods.stream().anyMatch(m -> m.needs() == Method.Needs.GRADIENTS)) {
            throw new HoneException("--layer: methods of gradients then explain the layer's values, and --evaluate and "
                    + "--global look at pixels; take grad-cam, or leave it out");
        }
        if (methods.contains(Method.EXACT_SHAPLEY) && !grouped()) {
            throw new HoneException(
                    "exact-shapley of a data set: its grid of 4 x 4 cells takes 65536 runs of the model for "
                            + "each image and baseline; add --superpixels or --grid for fewer regions, such as --superpixels 8, or "
                            + "take kernel-shap");
        }
        if (top != null) {
            throw new HoneException("--top: only for single images, found --evaluate or --global");
        }
    }

    private static void require(List<Method> methods, boolean given, String option, Predicate<Method> takes) {
        if (given && methods.stream().noneMatch(takes)) {
            throw new HoneException(option + ": only for "
                    + labels(Arrays.stream(Method.values()).filter(takes)) + "; found " + labels(methods.stream()));
        }
    }

    private static String labels(Stream<Method> methods) {
        return methods.map(Method::label).collect(Collectors.joining(", "));
    }

    /** Whether it takes samples until an error is reached. */
    private static boolean sampled(Method method) {
        return method == Method.GRADIENT_SHAP || method == Method.EXPECTED_GRADIENTS;
    }

    private static boolean looksInside(Method method) {
        return method.needs() == Method.Needs.GRADIENTS || method.needs() == Method.Needs.FEATURE_MAPS;
    }

    /**
     * Each method with what it takes of the options, and its own number of samples where none was asked for.
     *
     * @param samples as asked for, or null
     */
    MethodOptions options(Method method, SamplingOptions common, Integer samples) {
        SamplingOptions filled = common.error() > 0 && sampled(method)
                ? common
                : common.withError(0).withSamples(samples == null ? method.defaultSamples() : samples);
        MethodOptions options = MethodOptions.of(filled).withLayer(looksInside(method) ? layer : null);
        return window > 0 || stride > 0 ? options.withWindow(window, stride) : options;
    }

    /** As a record. */
    AttributionOptions record(SamplesOption samples) {
        return new AttributionOptions(
                method(),
                layer,
                window,
                stride,
                superpixels,
                grid,
                top,
                samples.samples(),
                samples.error(),
                samples.noise(),
                samples.seed());
    }

    private boolean grouped() {
        return superpixels > 0 || grid > 0;
    }

    static void printMethods() {
        for (Method method : Method.values()) {
            System.out.printf("%-22s %s%n", method.label(), method.description());
            System.out.printf("%-22s needs %s; %s%n", "", needs(method.needs()), compares(method.compares()));
        }
    }

    private static String needs(Method.Needs needs) {
        return switch (needs) {
            case GRADIENTS -> "gradients of all operators";
            case FEATURE_MAPS -> "gradients and a convolution's feature maps";
            case ATTENTION -> "a transformer's attention";
            case SCORES -> "nothing of the model but its scores";
        };
    }

    private static String compares(Method.Compares compares) {
        return switch (compares) {
            case ALL -> "compares with each baseline";
            case MEAN -> "compares with the mean of the baselines";
            case NOTHING -> "takes no baselines";
        };
    }
}
