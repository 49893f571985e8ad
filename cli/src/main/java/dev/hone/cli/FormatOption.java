package dev.hone.cli;

import dev.hone.compress.weights.Rounding;
import dev.hone.compress.weights.WeightOptions;
import dev.hone.core.HoneException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

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

    /** Ways of rounding weights, by their names on the command line. */
    enum RoundingName {
        NEAREST(Rounding.NEAREST),
        ADAPTIVE(null),
        HQQ(Rounding.HQQ),
        GPTQ(Rounding.GPTQ);

        private final Rounding ofBlocks;

        RoundingName(Rounding ofBlocks) {
            this.ofBlocks = ofBlocks;
        }
    }

    @Option(
            names = "--rounding",
            paramLabel = "NAME",
            description = "How weights are rounded: ${COMPLETION-CANDIDATES} (default: nearest). For static and qat: "
                    + "adaptive, up or down as the layer's output asks for on the calibration images. For weights: hqq, "
                    + "which needs no data and errs less, or gptq, which needs --calibrate or --inputs and errs least.")
    RoundingName rounding = RoundingName.NEAREST;

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
                            + "axis counting samples. For static, --rounding gptq, --max-drop, fp16 and bf16.")
    Path inputs;

    @Option(
            names = "--external-data",
            description =
                    "Put tensors into a file beside the model, and convert one after the other: what models above "
                            + "1 GB get anyway. An interrupted run goes on where it was.")
    boolean externalData;

    /** Which methods an option is for; those not named here are for all. */
    private static final Map<String, Set<Method>> FOR = Map.ofEntries(
            Map.entry("--bits", Set.of(Method.WEIGHTS)),
            Map.entry("--block-size", Set.of(Method.WEIGHTS)),
            Map.entry("--symmetric", Set.of(Method.WEIGHTS)),
            Map.entry("--accuracy-level", Set.of(Method.WEIGHTS)),
            Map.entry("--rounding", Set.of(Method.STATIC, Method.QAT, Method.WEIGHTS)),
            Map.entry("--compute", Set.of(Method.FP16, Method.BF16)),
            Map.entry("--half-interface", Set.of(Method.FP16, Method.BF16)),
            Map.entry("--keep-float", Set.of(Method.STATIC, Method.QAT, Method.FP16, Method.BF16)),
            Map.entry("--external-data", Set.of(Method.DYNAMIC, Method.WEIGHTS, Method.FP16, Method.BF16)),
            Map.entry("--inputs", Set.of(Method.STATIC, Method.DYNAMIC, Method.WEIGHTS, Method.FP16, Method.BF16)),
            Map.entry("--calibration", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--percentile", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--plan", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--report", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--weight-bits", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--max-drop", Set.of(Method.STATIC, Method.QAT, Method.DYNAMIC, Method.WEIGHTS)),
            Map.entry("--metric", Set.of(Method.STATIC, Method.QAT, Method.DYNAMIC, Method.WEIGHTS)),
            Map.entry("--no-bias-correction", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--equalize", Set.of(Method.STATIC, Method.QAT)),
            Map.entry("--epochs", Set.of(Method.QAT)),
            Map.entry("--minutes", Set.of(Method.QAT)),
            Map.entry("--rate", Set.of(Method.QAT)),
            Map.entry("--batch", Set.of(Method.QAT)),
            Map.entry("--teacher", Set.of(Method.QAT)));

    /** @throws HoneException naming an option that was given and that the method does not take */
    void check(ParseResult given) {
        FOR.forEach((option, methods) -> {
            if (given.hasMatchedOption(option) && !methods.contains(method)) {
                throw new HoneException(option + " is not for --method " + words() + " but for "
                        + methods.stream()
                                .map(m -> m.name().toLowerCase(Locale.ROOT))
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + "; leave it out");
            }
        });
        boolean data = given.hasMatchedOption("--calibrate") || given.hasMatchedOption("--inputs");
        if (method == Method.DYNAMIC && data && !given.hasMatchedOption("--max-drop")) {
            throw new HoneException(
                    "--method dynamic looks at data only for --max-drop; add it, or leave --calibrate or "
                            + "--inputs out");
        }
        if (given.hasMatchedOption("--rounding")
                && rounding != RoundingName.NEAREST
                && (rounding == RoundingName.ADAPTIVE) == (method == Method.WEIGHTS)) {
            throw new HoneException("--rounding " + rounding.name().toLowerCase(Locale.ROOT) + " is not for --method "
                    + words() + ", which takes nearest"
                    + (method == Method.WEIGHTS ? ", hqq and gptq" : " and adaptive"));
        }
    }

    WeightOptions weights() {
        return WeightOptions.ofBits(bits)
                .withBlockSize(blockSize)
                .withRounding(rounding.ofBlocks)
                .withSymmetric(symmetric)
                .withAccuracyLevel(accuracyLevel);
    }

    /** The words for the model's provenance. */
    String words() {
        return method.name().toLowerCase(Locale.ROOT);
    }
}
