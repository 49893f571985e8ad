package dev.hone.compress.method;

import dev.hone.compress.Compression;
import dev.hone.compress.half.HalfPrecision;
import dev.hone.compress.qat.QuantizationAware;
import dev.hone.compress.quantize.StaticInt8;
import dev.hone.compress.weights.DynamicInt8;
import dev.hone.compress.weights.WeightOnly;
import dev.hone.core.ElementType;
import dev.hone.core.option.Selected;
import dev.hone.core.option.Variants;
import java.util.List;
import java.util.function.Function;

/** The table of all ways to compress a model. The command, recipes and searches read it. */
public final class Compressions implements Variants {
    /**
     * One way.
     *
     * @param name as it is written on the command line and in recipes
     * @param summary a sentence
     * @param options the record of its options, described by {@link dev.hone.core.option.Setting}
     */
    public record Entry<O extends Record>(
            String name, String summary, Class<O> options, Function<O, Compression> make) {
        Compression of(Record chosen) {
            return make.apply(options.cast(chosen));
        }
    }

    public static final List<Entry<?>> ALL = List.of(
            new Entry<>(
                    "static",
                    "INT8 weights and activations, ranges from calibration data.",
                    StaticInt8.Options.class,
                    StaticInt8::new),
            new Entry<>(
                    "qat",
                    "Static, then trained with quantization in the forward pass (quantization-aware training).",
                    QuantizationAware.Options.class,
                    QuantizationAware::new),
            new Entry<>(
                    "dynamic",
                    "INT8 weights, activation ranges found at each run; no data needed.",
                    DynamicInt8.Options.class,
                    options -> new DynamicInt8()),
            new Entry<>(
                    "weights",
                    "INT4 or INT8 weights of matrix products, computing in FP32; no data needed unless rounded by GPTQ.",
                    WeightOnly.Options.class,
                    WeightOnly::new),
            new Entry<>(
                    "fp16",
                    "FP16 weights and arithmetic.",
                    HalfPrecision.Options.class,
                    options -> new HalfPrecision(ElementType.FLOAT16, options)),
            new Entry<>(
                    "bf16",
                    "BF16 weights, computing in FP32.",
                    HalfPrecision.Options.class,
                    options -> new HalfPrecision(ElementType.BFLOAT16, options)));

    @Override
    public List<Variant> list() {
        return ALL.stream()
                .map(entry -> new Variant(entry.name, entry.summary, entry.options))
                .toList();
    }

    /** The compression that was chosen, with its options. */
    public static Compression of(Selected selected) {
        return ALL.stream()
                .filter(entry -> entry.name.equals(selected.name()))
                .findFirst()
                .orElseThrow()
                .of(selected.options());
    }
}
