package dev.hone.compress.quantize;

/**
 * Counts of the values of one tensor, taken in as they stream by. Bins are multiples of a width, aligned at 0, bin
 * {@code i} holding {@code i*width <= x < (i+1)*width}. Where a value lies beyond the last bin, the width is doubled and
 * neighbouring bins are merged, so that memory stays bounded and no second pass over the images is needed. The larger
 * side always has between {@value #SIDE}/4 and {@value #SIDE} bins, at least 4 for each step of 8 bits. Zeros are counted
 * apart: half of what leaves a Relu is 0, which bytes hold exactly, whatever the range.
 */
final class Histogram {
    static final int SIDE = 4096;

    private final long[] counts = new long[2 * SIDE];
    private double width;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private long zeros;
    private long total;

    /** @return the index of the first value that is no finite number, -1 if all are */
    int add(float[] values) {
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            if (!Float.isFinite(value)) {
                return i;
            }
            zeros += value == 0 ? 1 : 0;
            min = Math.min(min, value);
            max = Math.max(max, value);
            largest = Math.max(largest, Math.abs(value));
        }
        widen(largest);
        double inverse = 1 / width;
        for (float value : values) {
            if (value != 0) {
                counts[SIDE + (int) Math.floor(value * inverse)]++;
            }
        }
        total += values.length;
        return -1;
    }

    /** Makes the bins wide enough for a magnitude. The width is a power of two, so that merging is exact. */
    private void widen(double magnitude) {
        if (magnitude == 0) {
            return;
        }
        if (width == 0) {
            // A power of two with magnitude / width in (SIDE/4, SIDE/2]: room to grow before the first merge.
            width = Math.scalb(1.0, Math.getExponent(magnitude) + 1) / (SIDE / 2);
            return;
        }
        while (magnitude >= SIDE * width) {
            for (int i = 0; i < SIDE / 2; i++) {
                counts[SIDE + i] = counts[SIDE + 2 * i] + counts[SIDE + 2 * i + 1];
                counts[SIDE - 1 - i] = counts[SIDE - 1 - 2 * i] + counts[SIDE - 2 - 2 * i];
            }
            java.util.Arrays.fill(counts, 0, SIDE / 2, 0);
            java.util.Arrays.fill(counts, SIDE + SIDE / 2, 2 * SIDE, 0);
            width *= 2;
        }
    }

    /** How many values were seen. */
    long total() {
        return total;
    }

    /** How many of them were 0. */
    long zeros() {
        return zeros;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }

    /** The width of a bin, 0 while only zeros were seen. */
    double width() {
        return width;
    }

    /** How many values other than 0 lie in bin {@code i}, {@code -SIDE <= i < SIDE}. */
    long count(int i) {
        return counts[SIDE + i];
    }

    /** The first bin that may hold a value. */
    int first() {
        return width == 0 ? 0 : Math.max(-SIDE, (int) Math.floor(min / width));
    }

    /** One past the last bin that may hold a value. */
    int end() {
        return width == 0 ? 1 : Math.min(SIDE, (int) Math.floor(max / width) + 1);
    }

    /** The middle of bin {@code i}. */
    double middle(int i) {
        return (i + 0.5) * width;
    }

    /** Of all values, or of 0 alone where there are none, as of a tensor without elements. */
    Range everything() {
        return total == 0 ? Range.around(0, 0) : Range.around(min, max);
    }
}
