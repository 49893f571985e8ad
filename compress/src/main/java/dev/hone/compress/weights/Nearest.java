package dev.hone.compress.weights;

/**
 * Rounds to the nearest level. With zero points the levels span the block's smallest to largest weight and 0; without,
 * the weight of largest magnitude becomes the lowest level, of which there is one more on that side, so that the scale may
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
        chooseScale(weights, at, count, into);
        chooseLevels(weights, at, count, into);
    }

    /** The scale is NaN where a weight is not finite. */
    void chooseScale(float[] weights, int at, int count, Block into) {
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
        chooseScale(numbers ? low : Float.NaN, high, into);
    }

    /** From the smallest and the largest weight, or 0 where that is beyond; NaN or infinite gives the scale NaN. */
    void chooseScale(float low, float high, Block into) {
        if (!Float.isFinite(low) || !Float.isFinite(high)) {
            into.scale = Float.NaN;
        } else if (symmetric) {
            into.scale = scaleOrOne((-low > high ? low : high) / -middle);
            into.zero = middle;
        } else {
            into.scale = scaleOrOne(high / top - low / top);
            into.zero = clamp(Math.round(-low / into.scale), top);
        }
    }

    /** Blocks of zeros, and of numbers too small to be told apart, may have any scale. */
    private static float scaleOrOne(float scale) {
        return Math.abs(scale) < Float.MIN_NORMAL ? 1 : scale;
    }

    void chooseLevels(float[] weights, int at, int count, Block into) {
        float perScale = 1 / into.scale;
        byte[] levels = into.levels;
        int shift = into.zero - ROUNDER_BITS;
        for (int i = 0; i < count; i++) {
            levels[i] = (byte) clamp(Float.floatToRawIntBits(weights[at + i] * perScale + ROUNDER) + shift, top);
        }
    }

    static int clamp(int level, int top) {
        return Math.max(0, Math.min(top, level));
    }
}
