package dev.hone.compress.quantize;

import dev.hone.runtime.Cpu;
import dev.hone.runtime.SessionOptions;
import java.util.Set;

/** How a model is quantized; immutable, each {@code with} method returns a changed copy. */
public final class QuantizeOptions {
    private final CalibrationMethod method;
    private final double percentile;
    private final boolean reduceRange;
    private final boolean quantizeFirst;
    private final boolean quantizeLast;
    private final Set<String> keepFloat;
    private final boolean correctBias;
    private final boolean adaptiveRounding;
    private final SessionOptions session;

    private QuantizeOptions(
            CalibrationMethod method,
            double percentile,
            boolean reduceRange,
            boolean quantizeFirst,
            boolean quantizeLast,
            Set<String> keepFloat,
            boolean correctBias,
            boolean adaptiveRounding,
            SessionOptions session) {
        this.method = method;
        this.percentile = percentile;
        this.reduceRange = reduceRange;
        this.quantizeFirst = quantizeFirst;
        this.quantizeLast = quantizeLast;
        this.keepFloat = keepFloat;
        this.correctBias = correctBias;
        this.adaptiveRounding = adaptiveRounding;
        this.session = session;
    }

    /**
     * Ranges by whichever method keeps the model closest to float; 99.99 % for the percentile. Weights of 7
     * bits where this machine's processor cannot add products of 8 bits exactly, else of 8.
     */
    public static QuantizeOptions defaults() {
        return new QuantizeOptions(
                CalibrationMethod.MEASURED,
                99.99,
                !Cpu.here().instructions().exact(),
                true,
                true,
                Set.of(),
                true,
                false,
                SessionOptions.defaults());
    }

    public CalibrationMethod method() {
        return method;
    }

    public QuantizeOptions withMethod(CalibrationMethod value) {
        return new QuantizeOptions(
                value,
                percentile,
                reduceRange,
                quantizeFirst,
                quantizeLast,
                keepFloat,
                correctBias,
                adaptiveRounding,
                session);
    }

    public double percentile() {
        return percentile;
    }

    /** @param value the share of values to keep, in percent, above 50 and at most 100; for the method of that name */
    public QuantizeOptions withPercentile(double value) {
        if (!(value > 50 && value <= 100)) {
            throw new QuantizationException("percentile " + value + ", expected above 50 and at most 100");
        }
        return new QuantizeOptions(
                method,
                value,
                reduceRange,
                quantizeFirst,
                quantizeLast,
                keepFloat,
                correctBias,
                adaptiveRounding,
                session);
    }

    public boolean reduceRange() {
        return reduceRange;
    }

    /**
     * Whether weights keep to 7 bits. x86 processors without VNNI instructions saturate sums of 8-bit products, and need
     * it; so does a model that has to score the same on old and new processors.
     */
    public QuantizeOptions withReduceRange(boolean value) {
        return new QuantizeOptions(
                method,
                percentile,
                value,
                quantizeFirst,
                quantizeLast,
                keepFloat,
                correctBias,
                adaptiveRounding,
                session);
    }

    public boolean quantizeFirst() {
        return quantizeFirst;
    }

    /** Whether the first layer with weights becomes integer. It reads the image itself, whose range is known well. */
    public QuantizeOptions withQuantizeFirst(boolean value) {
        return new QuantizeOptions(
                method,
                percentile,
                reduceRange,
                value,
                quantizeLast,
                keepFloat,
                correctBias,
                adaptiveRounding,
                session);
    }

    public boolean quantizeLast() {
        return quantizeLast;
    }

    /** Whether the last layer with weights becomes integer. What it returns is float either way. */
    public QuantizeOptions withQuantizeLast(boolean value) {
        return new QuantizeOptions(
                method,
                percentile,
                reduceRange,
                quantizeFirst,
                value,
                keepFloat,
                correctBias,
                adaptiveRounding,
                session);
    }

    public Set<String> keepFloat() {
        return keepFloat;
    }

    /** @param nodeNames nodes that are left in float, by the name or the first output's name */
    public QuantizeOptions withKeepFloat(Set<String> nodeNames) {
        return new QuantizeOptions(
                method,
                percentile,
                reduceRange,
                quantizeFirst,
                quantizeLast,
                Set.copyOf(nodeNames),
                correctBias,
                adaptiveRounding,
                session);
    }

    public boolean correctBias() {
        return correctBias;
    }

    /**
     * Whether biases make up for the mean error that rounding the weights brings (Nagel et al. 2019, Data-Free
     * Quantization Through Weight Equalization and Bias Correction), measured on the calibration images.
     */
    public QuantizeOptions withCorrectBias(boolean value) {
        return new QuantizeOptions(
                method,
                percentile,
                reduceRange,
                quantizeFirst,
                quantizeLast,
                keepFloat,
                value,
                adaptiveRounding,
                session);
    }

    public boolean adaptiveRounding() {
        return adaptiveRounding;
    }

    /**
     * Whether each weight goes to the level below or above it that keeps the layer's output closest to float on
     * calibration images (Nagel et al. 2020, Up or Down? Adaptive Rounding), instead of to the nearest.
     */
    public QuantizeOptions withAdaptiveRounding(boolean value) {
        return new QuantizeOptions(
                method, percentile, reduceRange, quantizeFirst, quantizeLast, keepFloat, correctBias, value, session);
    }

    /** How the model is run while it is calibrated. */
    public SessionOptions session() {
        return session;
    }

    public QuantizeOptions withSession(SessionOptions value) {
        return new QuantizeOptions(
                method,
                percentile,
                reduceRange,
                quantizeFirst,
                quantizeLast,
                keepFloat,
                correctBias,
                adaptiveRounding,
                value);
    }
}
