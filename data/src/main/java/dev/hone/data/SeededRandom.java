package dev.hone.data;

/**
 * A small fast stream of random numbers (xorshift64*), seeded from any number of parts, so that the numbers of a sample
 * depend on (seed, epoch, sample) only and never on which thread drew them.
 */
public final class SeededRandom {
    private long state;

    public SeededRandom(long... parts) {
        long s = 0x9e3779b97f4a7c15L;
        for (long p : parts) {
            s = mix(s + p * 0xd1342543de82ef95L + 0x632be59bd9b4e019L);
        }
        state = s == 0 ? 1 : s;
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }

    /** 64 random bits. */
    public long next() {
        state ^= state >>> 12;
        state ^= state << 25;
        state ^= state >>> 27;
        return state * 0x2545f4914f6cdd1dL;
    }

    /** Uniform in [0, 1). */
    public double uniform() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** Uniform in [low, high). */
    public double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /** Uniform in 0..bound-1. */
    public int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /** True with the given probability. */
    public boolean chance(double probability) {
        return uniform() < probability;
    }

    /** Standard normal. */
    public double gaussian() {
        return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    }

    /** Shuffles in place. */
    public void shuffle(int[] values) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = below(i + 1);
            int v = values[i];
            values[i] = values[j];
            values[j] = v;
        }
    }
}
