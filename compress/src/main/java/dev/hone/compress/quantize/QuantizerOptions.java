package dev.hone.compress.quantize;

import dev.hone.compress.CompressionException;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.SessionOptions;
import java.util.Set;
import java.util.function.Consumer;

/** How a model is quantized; immutable, each {@code with} method returns a changed copy. */
public final class QuantizerOptions {
    private final Values values;

    private QuantizerOptions(Values values) {
        this.values = values;
    }

    /** What the options are; not changed once they are handed out. */
    private static final class Values {
        private CalibrationMethod method = CalibrationMethod.MEASURED;
        private double percentile = 99.99;
        private boolean reduceRange = !Cpu.here().instructions().exact();
        private boolean quantizeFirst = true;
        private boolean quantizeLast = true;
        private Set<String> keepFp32 = Set.of();
        private boolean correctBias = true;
        private boolean adaptiveRounding;
        private SessionOptions session = SessionOptions.defaults();

        private Values copy() {
            Values copy = new Values();
            copy.method = method;
            copy.percentile = percentile;
            copy.reduceRange = reduceRange;
            copy.quantizeFirst = quantizeFirst;
            copy.quantizeLast = quantizeLast;
            copy.keepFp32 = keepFp32;
            copy.correctBias = correctBias;
            copy.adaptiveRounding = adaptiveRounding;
            copy.session = session;
            return copy;
        }
    }

    private QuantizerOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new QuantizerOptions(changed);
    }

    /**
     * Ranges by whichever method keeps the model closest to FP32; 99.99 % for the percentile. Weights of 7
     * bits where this machine's processor cannot add products of 8 bits exactly, else of 8.
     */
    public static QuantizerOptions defaults() {
        return new QuantizerOptions(new Values());
    }

    public CalibrationMethod method() {
        return values.method;
    }

    public QuantizerOptions withMethod(CalibrationMethod value) {
        return with(v -> v.method = value);
    }

    public double percentile() {
        return values.percentile;
    }

    /** @param value the share of values to keep, in percent, above 50 and at most 100; for the method of that name */
    public QuantizerOptions withPercentile(double value) {
        if (!(value > 50 && value <= 100)) {
            throw new CompressionException("percentile " + value + ", expected above 50 and at most 100");
        }
        return with(v -> v.percentile = value);
    }

    public boolean reduceRange() {
        return values.reduceRange;
    }

    /**
     * Whether weights keep to 7 bits. x86 processors without VNNI instructions saturate sums of 8-bit products, and need
     * it; so does a model that has to score the same on old and new processors.
     */
    public QuantizerOptions withReduceRange(boolean value) {
        return with(v -> v.reduceRange = value);
    }

    public boolean quantizeFirst() {
        return values.quantizeFirst;
    }

    /** Whether the first layer with weights becomes INT8. It reads the image itself, whose range is known well. */
    public QuantizerOptions withQuantizeFirst(boolean value) {
        return with(v -> v.quantizeFirst = value);
    }

    public boolean quantizeLast() {
        return values.quantizeLast;
    }

    /** Whether the last layer with weights becomes INT8. What it returns is float either way. */
    public QuantizerOptions withQuantizeLast(boolean value) {
        return with(v -> v.quantizeLast = value);
    }

    public Set<String> keepFp32() {
        return values.keepFp32;
    }

    /** @param nodeNames nodes that are left in FP32, by the name or the first output's name */
    public QuantizerOptions withKeepFp32(Set<String> nodeNames) {
        return with(v -> v.keepFp32 = Set.copyOf(nodeNames));
    }

    public boolean correctBias() {
        return values.correctBias;
    }

    /**
     * Whether biases make up for the mean error that rounding the weights brings (Nagel et al. 2019, Data-Free
     * Quantization Through Weight Equalization and Bias Correction), measured on the calibration data.
     */
    public QuantizerOptions withCorrectBias(boolean value) {
        return with(v -> v.correctBias = value);
    }

    public boolean adaptiveRounding() {
        return values.adaptiveRounding;
    }

    /**
     * Whether each weight goes to the level below or above it that keeps the layer's output closest to FP32 on
     * calibration data (Nagel et al. 2020, Up or Down? Adaptive Rounding), instead of to the nearest.
     */
    public QuantizerOptions withAdaptiveRounding(boolean value) {
        return with(v -> v.adaptiveRounding = value);
    }

    /** How the model is run while it is calibrated. */
    public SessionOptions session() {
        return values.session;
    }

    public QuantizerOptions withSession(SessionOptions value) {
        return with(v -> v.session = value);
    }
}
