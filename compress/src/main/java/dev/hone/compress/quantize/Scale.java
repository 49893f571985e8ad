package dev.hone.compress.quantize;

/**
 * An affine map between real numbers and unsigned bytes: {@code real = (q - zeroPoint) * step}, as ONNX's
 * QuantizeLinear and DequantizeLinear define it.
 *
 * @param step a positive float
 * @param zeroPoint the byte that means 0, 0 to 255
 */
record Scale(float step, int zeroPoint) {
    static final int LEVELS = 255;

    /** Below this a step has no precise reciprocal in FP32 any more. */
    private static final float SMALLEST_STEP = 1e-30f;

    Scale {
        if (!(step >= SMALLEST_STEP && step < Float.POSITIVE_INFINITY && zeroPoint >= 0 && zeroPoint <= LEVELS)) {
            throw new IllegalArgumentException("step " + step + ", zero point " + zeroPoint);
        }
    }

    /**
     * The map whose bytes cover a range. The largest value it can express never exceeds a range that starts at 0, so that
     * the runtime may drop a Clip to that range in front of it. A range of nothing but 0 gets a step of 1.
     */
    static Scale of(Range range) {
        float step = (float) (range.width() / LEVELS);
        if (step < SMALLEST_STEP) {
            return new Scale(1, 0);
        }
        if (range.low() == 0) {
            while (LEVELS * step > (float) range.high()) {
                step = Math.nextDown(step);
            }
        }
        int zeroPoint = (int) Math.rint(-range.low() / range.width() * LEVELS);
        return new Scale(step, zeroPoint);
    }

    /** What a number becomes after rounding (to nearest even) and saturating. */
    int quantize(double value) {
        return (int) Math.max(0, Math.min(LEVELS, Math.rint(value / step) + zeroPoint));
    }

    double dequantize(int q) {
        return (double) step * (q - zeroPoint);
    }
}
