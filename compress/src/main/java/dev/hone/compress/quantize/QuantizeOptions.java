package dev.hone.compress.quantize;

import dev.hone.runtime.Cpu;
import dev.hone.runtime.SessionOptions;
import java.util.Set;
import java.util.function.Consumer;

/** How a model is quantized; immutable, each {@code with} method returns a changed copy. */
public final class QuantizeOptions {
    private final Values values;

    private QuantizeOptions(Values values) {
        this.values = values;
    }

    /** What the options are; not changed once they are handed out. */
    private static final class Values {
        private CalibrationMethod method = CalibrationMethod.MEASURED;
        private double percentile = 99.99;
        private boolean reduceRange = !Cpu.here().instructions().exact();
        private boolean quantizeFirst = true;
        private boolean quantizeLast = true;
        private Set<String> keepFloat = Set.of();
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
            copy.keepFloat = keepFloat;
            copy.correctBias = correctBias;
            copy.adaptiveRounding = adaptiveRounding;
            copy.session = session;
            return copy;
        }
    }

    private QuantizeOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new QuantizeOptions(changed);
    }

    /**
     * Ranges by whichever method keeps the model closest to float; 99.99 % for the percentile. Weights of 7
     * bits where this machine's processor cannot add products of 8 bits exactly, else of 8.
     */
    public static QuantizeOptions defaults() {
        return new QuantizeOptions(new Values());
    }

    public CalibrationMethod method() {
        return values.method;
    }

    public QuantizeOptions withMethod(CalibrationMethod value) {
        return with(v -> v.method = value);
    }

    public double percentile() {
        return values.percentile;
    }

    /** @param value the share of values to keep, in percent, above 50 and at most 100; for the method of that name */
    public QuantizeOptions withPercentile(double value) {
        if (!(value > 50 && value <= 100)) {
            throw new QuantizationException("percentile " + value + ", expected above 50 and at most 100");
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
    public QuantizeOptions withReduceRange(boolean value) {
        return with(v -> v.reduceRange = value);
    }

    public boolean quantizeFirst() {
        return values.quantizeFirst;
    }

    /** Whether the first layer with weights becomes integer. It reads the image itself, whose range is known well. */
    public QuantizeOptions withQuantizeFirst(boolean value) {
        return with(v -> v.quantizeFirst = value);
    }

    public boolean quantizeLast() {
        return values.quantizeLast;
    }

    /** Whether the last layer with weights becomes integer. What it returns is float either way. */
    public QuantizeOptions withQuantizeLast(boolean value) {
        return with(v -> v.quantizeLast = value);
    }

    public Set<String> keepFloat() {
        return values.keepFloat;
    }

    /** @param nodeNames nodes that are left in float, by the name or the first output's name */
    public QuantizeOptions withKeepFloat(Set<String> nodeNames) {
        return with(v -> v.keepFloat = Set.copyOf(nodeNames));
    }

    public boolean correctBias() {
        return values.correctBias;
    }

    /**
     * Whether biases make up for the mean error that rounding the weights brings (Nagel et al. 2019, Data-Free
     * Quantization Through Weight Equalization and Bias Correction), measured on the calibration images.
     */
    public QuantizeOptions withCorrectBias(boolean value) {
        return with(v -> v.correctBias = value);
    }

    public boolean adaptiveRounding() {
        return values.adaptiveRounding;
    }

    /**
     * Whether each weight goes to the level below or above it that keeps the layer's output closest to float on
     * calibration images (Nagel et al. 2020, Up or Down? Adaptive Rounding), instead of to the nearest.
     */
    public QuantizeOptions withAdaptiveRounding(boolean value) {
        return with(v -> v.adaptiveRounding = value);
    }

    /** How the model is run while it is calibrated. */
    public SessionOptions session() {
        return values.session;
    }

    public QuantizeOptions withSession(SessionOptions value) {
        return with(v -> v.session = value);
    }
}
