package dev.hone.compress.weights;

/**
 * Rounds to the nearest level. With zero points the levels span the block's smallest to largest weight and 0; without,
 * the weight of largest magnitude becomes the lowest level, of which there is one more on that side, so that the step may
 * be negative.
 */
final class Nearest implements BlockRounding {
    /** Added to a number below 2^22, it leaves the number rounded to nearest even in the lowest bits. */
    private static final float ROUNDER = 0x1.8p23f;

    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    private final int top;
    private final int middle;
    private final boolean symmetric;

    Nearest(WeightOptions options) {
        this.top = options.top();
        this.middle = options.middle();
        this.symmetric = options.symmetric();
    }

    @Override
    public void round(float[] weights, int at, int count, Block into) {
        chooseStep(weights, at, count, into);
        chooseLevels(weights, at, count, into);
    }

    /** The step is NaN where a weight is not finite. */
    void chooseStep(float[] weights, int at, int count, Block into) {
        float low = 0;
        float high = 0;
        boolean numbers = true;
        for (int i = at; i < at + count; i++) {
            // Comparisons, since Math.min and Math.max of floats cost several times as much.
            float x = weights[i];
            if (x < low) {
                low = x;
            } else if (x > high) {
                high = x;
            } else {
                numbers &= !Float.isNaN(x);
            }
        }
        chooseStep(numbers ? low : Float.NaN, high, into);
    }

    /** From the smallest and the largest weight, or 0 where that is beyond; NaN or infinite gives the step NaN. */
    void chooseStep(float low, float high, Block into) {
        if (!Float.isFinite(low) || !Float.isFinite(high)) {
            into.step = Float.NaN;
        } else if (symmetric) {
            into.step = stepOrOne((-low > high ? low : high) / -middle);
            into.zero = middle;
        } else {
            into.step = stepOrOne(high / top - low / top);
            into.zero = clamp(Math.round(-low / into.step), top);
        }
    }

    /** Blocks of zeros, and of numbers too small to be told apart, may have any step. */
    private static float stepOrOne(float step) {
        return Math.abs(step) < Float.MIN_NORMAL ? 1 : step;
    }

    void chooseLevels(float[] weights, int at, int count, Block into) {
        float perStep = 1 / into.step;
        byte[] levels = into.levels;
        int shift = into.zero - ROUNDER_BITS;
        for (int i = 0; i < count; i++) {
            levels[i] = (byte) clamp(Float.floatToRawIntBits(weights[at + i] * perStep + ROUNDER) + shift, top);
        }
    }

    static int clamp(int level, int top) {
        return Math.max(0, Math.min(top, level));
    }
}
