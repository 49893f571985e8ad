package dev.hone.explain;

import dev.hone.core.HoneException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Attribution methods, by name. */
public enum Method {
    GRADIENT_SHAP(
            "GradientSHAP",
            "gradients between baselines and the input; sum to the difference of logits",
            Needs.GRADIENTS,
            Compares.ALL,
            50,
            (m, b, o) -> GradientShap.open(m, b, o.common())),
    EXPECTED_GRADIENTS(
            "Expected Gradients",
            "gradient-shap, never with noise",
            Needs.GRADIENTS,
            Compares.ALL,
            50,
            (m, b, o) -> GradientShap.open(m, b, o.common().withNoise(0))),
    INTEGRATED_GRADIENTS(
            "Integrated Gradients",
            "gradients on the path from the mean baseline to the input; sum to the difference of logits",
            Needs.GRADIENTS,
            Compares.MEAN,
            50,
            (m, b, o) -> PathMethod.integratedGradients(m, b, o.common())),
    SALIENCY(
            "Saliency",
            "absolute gradient at the input",
            Needs.GRADIENTS,
            Compares.NOTHING,
            1,
            (m, b, o) -> PathMethod.saliency(m, b, o.common())),
    INPUT_X_GRADIENT(
            "Input x Gradient",
            "input times gradient",
            Needs.GRADIENTS,
            Compares.NOTHING,
            1,
            (m, b, o) -> PathMethod.inputTimesGradient(m, b, o.common())),
    SMOOTH_GRAD(
            "SmoothGrad",
            "mean gradient over noisy inputs",
            Needs.GRADIENTS,
            Compares.NOTHING,
            50,
            (m, b, o) -> SmoothGrad.open(m, b, o.common())),
    GRAD_CAM(
            "Grad-CAM",
            "feature maps of a convolution, weighted by their mean gradients",
            Needs.FEATURE_MAPS,
            Compares.NOTHING,
            1,
            (m, b, o) -> new GradCam(m, b, o, false)),
    GRAD_CAM_PLUS_PLUS(
            "Grad-CAM++",
            "grad-cam with weights per pixel, for several objects in one image",
            Needs.FEATURE_MAPS,
            Compares.NOTHING,
            1,
            (m, b, o) -> new GradCam(m, b, o, true)),
    OCCLUSION(
            "Occlusion",
            "drop of the logit when a window or region is replaced by the mean baseline",
            Needs.OUTPUTS,
            Compares.MEAN,
            1,
            (m, b, o) -> new Occlusion(new PerturbationRunner(m, b, o.common()), o)),
    RISE(
            "RISE",
            "mean logit over random masks, by the pixels that they leave visible",
            Needs.OUTPUTS,
            Compares.MEAN,
            2000,
            (m, b, o) -> new Rise(new PerturbationRunner(m, b, o.common()), o.common())),
    KERNEL_SHAP(
            "KernelSHAP",
            "Shapley values of regions or columns, by regression over sampled coalitions",
            Needs.OUTPUTS,
            Compares.ALL,
            2048,
            (m, b, o) -> new KernelShap(new PerturbationRunner(m, b, o.common()), o.common())),
    EXACT_SHAPLEY(
            "exact Shapley values",
            "Shapley values of up to 16 regions or columns, from all coalitions",
            Needs.OUTPUTS,
            Compares.ALL,
            1,
            (m, b, o) -> new ExactShapley(new PerturbationRunner(m, b, o.common()))),
    ATTENTION_ROLLOUT(
            "Attention Rollout",
            "attention of a transformer through all layers; the same for every class",
            Needs.ATTENTION,
            Compares.NOTHING,
            1,
            (m, b, o) -> new AttentionRollout(m, b, o.common()));

    /** What a method needs of a model. */
    public enum Needs {
        /** Every operator on the way from input to score has a gradient. */
        GRADIENTS,
        /** The same, and feature maps [N,C,H,W] of a convolution. */
        FEATURE_MAPS,
        /** Attention weights [N,heads,tokens,tokens] or [N * heads,tokens,tokens], from a Softmax. */
        ATTENTION,
        /** Nothing but that it runs. */
        OUTPUTS
    }

    /** What a method does with baselines. */
    public enum Compares {
        /** Compares the input with every baseline. */
        ALL,
        /** Compares the input with the mean of the baselines. */
        MEAN,
        /** Takes none. */
        NOTHING
    }

    @FunctionalInterface
    private interface Opener {
        Attributor open(Model model, NativeTensor baselines, MethodOptions options);
    }

    private final String properName;
    private final String description;
    private final Needs needs;
    private final Compares compares;
    private final int samples;
    private final Opener opener;

    Method(String properName, String description, Needs needs, Compares compares, int samples, Opener opener) {
        this.properName = properName;
        this.description = description;
        this.needs = needs;
        this.compares = compares;
        this.samples = samples;
        this.opener = opener;
    }

    /** As on the command line: {@code gradient-shap}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As the literature writes it, for captions: {@code GradientSHAP}. */
    public String properName() {
        return properName;
    }

    /** One line. */
    public String description() {
        return description;
    }

    public Needs needs() {
        return needs;
    }

    public Compares compares() {
        return compares;
    }

    /** How many samples it takes where none are asked for; 1 where there is nothing to choose. */
    public int defaultSamples() {
        return samples;
    }

    /** @throws HoneException listing the methods if none has that name */
    public static Method of(String label) {
        return Arrays.stream(values())
                .filter(m -> m.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new HoneException("no attribution method is named '" + label + "'; there are "
                        + Arrays.stream(values()).map(Method::label).collect(Collectors.joining(", "))));
    }

    static String withoutGradient() {
        return Arrays.stream(values())
                .filter(m -> m.needs == Needs.OUTPUTS)
                .map(Method::label)
                .collect(Collectors.joining(", "));
    }

    /**
     * Opens it for a model. With a layer the methods of gradients explain its values instead of the input: attributions
     * have the layer's shape, noise is added there, and groups are of the layer's elements.
     *
     * @param model one input, floats [N,...]; its output {@code probabilities} [N,classes], else its
     *     first, are scores or probabilities; where there is a single one, [N] too; stays as it is
     * @param baselines what an input is compared with, [R,...], which also gives the input's size; copied. Where there is
     *     none at hand, one of zeros
     * @param options its samples are taken as they are: {@link #defaultSamples()} is for the caller to put in
     * @throws GraphException if the model has another form, there is no such layer or class, the baselines have another size, or
     *     an operator has no gradient and the method needs it
     */
    public Attributor open(Model model, NativeTensor baselines, MethodOptions options) {
        if (options.contrast() >= 0) {
            return open(
                    Contrast.of(model, options.common().logits(), options.contrast()),
                    baselines,
                    options.withContrast(-1));
        }
        if (options.layer() == null || needs == Needs.FEATURE_MAPS) {
            return opener.open(model, baselines, options);
        }
        if (needs != Needs.GRADIENTS) {
            throw new GraphException("a layer is given, " + label() + " explains the input alone");
        }
        return LayerAttributor.open(this, model, baselines, options);
    }
}
