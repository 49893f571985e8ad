package dev.hone.compress.weights;

import dev.hone.compress.CompressionContext;
import dev.hone.compress.CompressionException;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.TensorwiseCompression;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Setting;
import dev.hone.graph.Model;

/** Weight-only quantization to INT4 or INT8, see {@link WeightOnlyFormat}. */
public final class WeightOnly extends TensorwiseCompression {
    /** Options. */
    public record Options(
            @Setting(
                    help = "Bits of a weight, 4 or 8.",
                    label = "N",
                    def = "4",
                    min = 4,
                    max = 8,
                    group = "Quantization")
            int bits,

            @Setting(
                    help = "Weights that share a quantization scale: 16, 32, 64, 128 or 256.",
                    label = "N",
                    def = "32",
                    min = 16,
                    max = 256,
                    group = "Quantization")
            int blockSize,

            @Setting(
                    help =
                            "How weights are rounded. hqq needs no data; gptq needs calibration data and has the smallest error.",
                    def = "nearest",
                    group = "Quantization")
            Rounding rounding,

            @Setting(help = "Store no zero points: smaller files, larger errors.", group = "Quantization")
            boolean symmetric,

            @Setting(
                    help = "Arithmetic of products with quantized weights: 4 for INT8 activations, 1 for FP32.",
                    label = "N",
                    def = "4",
                    min = 0,
                    max = 4,
                    group = "Quantization")
            int accuracyLevel) {

        public Options {
            if (bits != 4 && bits != 8) {
                throw new OptionException("bits", bits + ", expected 4 or 8");
            }
            if (Integer.bitCount(blockSize) != 1) {
                throw new OptionException("block-size", blockSize + ", expected 16, 32, 64, 128 or 256");
            }
        }

        WeightOptions weights() {
            return WeightOptions.ofBits(bits)
                    .withBlockSize(blockSize)
                    .withRounding(rounding)
                    .withSymmetric(symmetric)
                    .withAccuracyLevel(accuracyLevel);
        }
    }

    private final Options options;

    public WeightOnly(Options options) {
        this.options = options;
    }

    @Override
    public Calibration calibration() {
        return options.rounding == Rounding.GPTQ ? Calibration.REQUIRED : Calibration.UNUSED;
    }

    @Override
    protected Format format(Model model, CompressionContext context) {
        WeightOptions weights = options.weights();
        if (options.rounding != Rounding.GPTQ) {
            return new WeightOnlyFormat(weights);
        }
        if (model == null) {
            throw new CompressionException("GPTQ runs the model, whose tensors are streamed; choose nearest or hqq");
        }
        return new WeightOnlyFormat(
                weights,
                InputStatistics.collect(model, weights, context.requireCalibration(model, "GPTQ"), context.session()));
    }
}
