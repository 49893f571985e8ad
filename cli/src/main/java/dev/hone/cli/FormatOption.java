package dev.hone.cli;

import dev.hone.compress.weights.Rounding;
import dev.hone.compress.weights.WeightOptions;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Into which numbers a model is brought, and the options of the forms that need no ranges of activations. */
final class FormatOption {
    /** The forms, by their names on the command line. */
    enum Method {
        STATIC,
        QAT,
        DYNAMIC,
        WEIGHTS,
        FP16,
        BF16
    }

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description =
                    "${COMPLETION-CANDIDATES} (default: static). static: weights and activations in 8 bits, ranges "
                            + "from --calibrate. qat: as static, then trained on --calibrate with the rounding in place. "
                            + "weights: weights of matrix products in --bits, computing in float.")
    Method method = Method.STATIC;

    @Option(
            names = "--bits",
            paramLabel = "N",
            description = "Bits of a weight for --method weights: 4 or 8 (default: ${DEFAULT-VALUE}).")
    int bits = 4;

    @Option(
            names = "--block-size",
            paramLabel = "N",
            description = "Weights that share a step, for --method weights: 16, 32, 64, 128 or 256 (default: "
                    + "${DEFAULT-VALUE}).")
    int blockSize = 32;

    @Option(
            names = "--rounding",
            paramLabel = "NAME",
            description = "How weights are rounded: ${COMPLETION-CANDIDATES} (default: nearest). hqq needs no data and "
                    + "errs less, gptq needs --calibrate or --inputs and errs least.")
    Rounding rounding = Rounding.NEAREST;

    @Option(names = "--symmetric", description = "Store no zero points for --method weights: smaller, errs more.")
    boolean symmetric;

    @Option(
            names = "--accuracy-level",
            paramLabel = "N",
            description = "What products with few-bit weights compute with: 4 activations in 8 bits, 1 float (default: "
                    + "${DEFAULT-VALUE}).")
    int accuracyLevel = 4;

    /** What a model in 16 bits computes in. */
    enum Compute {
        HALF,
        FLOAT
    }

    @Option(
            names = "--compute",
            paramLabel = "TYPE",
            description =
                    "For fp16 and bf16: compute in 16 bits (half; default for fp16) or only store weights in them "
                            + "(float; default for bf16, which CPUs have no kernels for).")
    Compute compute;

    @Option(names = "--half-interface", description = "For fp16 and bf16: inputs and outputs in 16 bits too.")
    boolean halfInterface;

    @Option(
            names = "--inputs",
            paramLabel = "FILE.npz",
            description =
                    "Instead of --calibrate, for models that take no images: NumPy arrays by input name, the first "
                            + "axis counting samples. For --rounding gptq, fp16 and bf16.")
    Path inputs;

    @Option(
            names = "--external-data",
            description =
                    "Put tensors into a file beside the model, and convert one after the other: what models above "
                            + "1 GB get anyway. An interrupted run goes on where it was.")
    boolean externalData;

    WeightOptions weights() {
        return WeightOptions.ofBits(bits)
                .withBlockSize(blockSize)
                .withRounding(rounding)
                .withSymmetric(symmetric)
                .withAccuracyLevel(accuracyLevel);
    }

    /** The words for the model's provenance. */
    String words() {
        return method.name().toLowerCase(Locale.ROOT);
    }
}
