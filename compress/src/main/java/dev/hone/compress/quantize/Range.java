package dev.hone.compress.quantize;

/** The interval of values that a quantized tensor can hold; 0 is always in it, because padding has to be exact. */
record Range(double low, double high) {
    Range {
        if (!(low <= 0 && high >= 0 && Double.isFinite(low) && Double.isFinite(high))) {
            throw new IllegalArgumentException("range " + low + " to " + high);
        }
    }

    /** The smallest range that holds two values and 0. */
    static Range around(double a, double b) {
        return new Range(Math.min(0, Math.min(a, b)), Math.max(0, Math.max(a, b)));
    }

    Range union(Range other) {
        return new Range(Math.min(low, other.low), Math.max(high, other.high));
    }

    double width() {
        return high - low;
    }
}
