package dev.hone.cli;

import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Groups;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.Superpixels;
import dev.hone.graph.HoneException;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** By which method is explained, and over which groups of pixels. */
final class MethodOption {
    private static final Set<Method> SUMS = EnumSet.of(
            Method.GRADIENT_SHAP,
            Method.EXPECTED_GRADIENTS,
            Method.INTEGRATED_GRADIENTS,
            Method.KERNEL_SHAP,
            Method.EXACT_SHAPLEY);

    /** Superpixels where a method goes through coalitions of them. */
    private static final int PLAYERS = 50;
    /** Cells a side of the grid where it goes through all coalitions. */
    private static final int CELLS = 4;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            description = "The method (default: ${DEFAULT-VALUE}); --list-methods lists them.")
    private String name = Method.GRADIENT_SHAP.label();

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
            description = "With groups, print the K that matter most, with error bars (default: ${DEFAULT-VALUE}).")
    private int top = 5;

    boolean list() {
        return list;
    }

    Method method() {
        return Method.of(name);
    }

    int top() {
        return top;
    }

    /** Bars and waterfalls of a table divide a difference of scores among its columns. */
    void requireSums() {
        if (!SUMS.contains(method())) {
            throw new HoneException(
                    "--method " + name + ": rows of a table are explained by methods whose values sum to "
                            + "the score: " + SUMS.stream().map(Method::label).collect(Collectors.joining(", ")));
        }
        if (grouped() || layer != null) {
            throw new HoneException("--superpixels, --grid and --layer are for images, found rows of a table");
        }
    }

    /** @param samples as asked for, or null */
    MethodOptions options(ExplainOptions common, Integer samples, double error, double noise) {
        Method method = method();
        boolean sampled = method == Method.GRADIENT_SHAP || method == Method.EXPECTED_GRADIENTS;
        boolean noisy = method == Method.GRADIENT_SHAP || method == Method.SMOOTH_GRAD;
        refuse(error > 0 && !sampled, "--error", "gradient-shap and expected-gradients");
        refuse(noise > 0 && !noisy, "--noise", "gradient-shap and smooth-grad");
        refuse((window > 0 || stride > 0) && method != Method.OCCLUSION, "--window and --stride", "occlusion");
        refuse(samples != null && method.defaultSamples() == 1, "--samples", "methods that draw samples");
        boolean inside = method.needs() == Method.Needs.GRADIENTS || method.needs() == Method.Needs.FEATURE_MAPS;
        refuse(layer != null && !inside, "--layer", "Grad-CAM and methods of gradients");
        if (superpixels > 0 && grid > 0) {
            throw new HoneException("--superpixels and --grid are given, expected one of them");
        }
        if (superpixels < 0 || grid < 0 || window < 0 || stride < 0 || top < 0) {
            throw new HoneException("--superpixels " + superpixels + ", --grid " + grid + ", --window " + window
                    + ", --stride " + stride + ", --top " + top + ": expected 0 or more");
        }
        if (grouped() && layer != null && method.needs() == Method.Needs.GRADIENTS) {
            throw new HoneException(
                    "--superpixels and --grid group the image's pixels, --layer explains another value");
        }
        boolean byDefault = samples == null && error == 0;
        ExplainOptions filled = byDefault ? common.withSamples(method.defaultSamples()) : common;
        MethodOptions options = MethodOptions.of(filled).withLayer(layer);
        return window > 0 || stride > 0 ? options.withWindow(window, stride) : options;
    }

    private void refuse(boolean given, String option, String meant) {
        if (given) {
            throw new HoneException(option + ": only for " + meant + ", the method is " + name);
        }
    }

    /** Whether anything but the default was asked for. */
    boolean isGiven() {
        return method() != Method.GRADIENT_SHAP || grouped() || layer != null || window > 0 || stride > 0;
    }

    private boolean grouped() {
        return superpixels > 0 || grid > 0;
    }

    /** The groups of an image's pixels, null for single ones. @param shape [C,H,W] */
    Groups groups(float[] image, long[] shape) {
        if (grid > 0) {
            return Groups.grid(shape, grid);
        }
        if (superpixels > 0) {
            return Superpixels.of(image, shape, superpixels);
        }
        return switch (method()) {
            case KERNEL_SHAP -> Superpixels.of(image, shape, PLAYERS);
            case EXACT_SHAPLEY -> Groups.grid(shape, (int) (Math.max(shape[1], shape[2]) + CELLS - 1) / CELLS);
            default -> null;
        };
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
