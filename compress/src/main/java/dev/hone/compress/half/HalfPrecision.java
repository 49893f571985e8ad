package dev.hone.compress.half;

import dev.hone.compress.CompressionContext;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.TensorwiseCompression;
import dev.hone.core.ElementType;
import dev.hone.core.option.Setting;
import dev.hone.graph.Model;
import java.util.List;
import java.util.Set;

/** Conversion to FP16 or BF16, see {@link HalfFormat}. Calibration data, if given, tell which layers exceed the range. */
public final class HalfPrecision extends TensorwiseCompression {
    /** What a model with weights in 16 bits computes in. */
    public enum Compute {
        /** The 16-bit type. */
        HALF,
        /** FP32: weights are only stored in 16 bits. */
        FP32
    }

    /** Options. */
    public record Options(
            @Setting(
                    help = "Compute in the 16-bit type (half), or only store weights in it (fp32).",
                    defText = "half for fp16; fp32 for bf16, which CPUs lack kernels for",
                    group = "Quantization")
            Compute compute,

            @Setting(help = "Inputs and outputs in the 16-bit type too.", group = "Quantization")
            boolean halfInterface,

            @Setting(help = "Names of nodes to keep in FP32.", label = "NODE,...", group = "Quantization")
            List<String> keepFp32) {}

    private final HalfOptions half;

    /** @param type {@code FLOAT16} or {@code BFLOAT16} */
    public HalfPrecision(ElementType type, Options options) {
        HalfOptions defaults = type == ElementType.FLOAT16 ? HalfOptions.float16() : HalfOptions.bfloat16();
        this.half = defaults.withKeepInterface(!options.halfInterface)
                .withKeepFp32(Set.copyOf(options.keepFp32))
                .withComputes(options.compute == null ? defaults.computes() : options.compute == Compute.HALF);
    }

    @Override
    public Calibration calibration() {
        return Calibration.OPTIONAL;
    }

    @Override
    protected Format format(Model model, CompressionContext context) {
        return new HalfFormat(
                context.calibration() == null
                        ? half
                        : half.withLargest(
                                ActivationRanges.collect(model, context.calibration(model), context.session())));
    }
}
