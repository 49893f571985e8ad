package dev.hone.property;

/**
 * A sequence of numbers that a generator asks for decisions. Behind its end every answer is the first, simplest one, so
 * that a shorter sequence, or one of smaller numbers, makes a simpler thing: what shrinks the sequence shrinks the thing.
 */
final class Choices {
    /** Numbers are in 0 .. LIMIT - 1. */
    static final int LIMIT = 1 << 16;

    private final int[] numbers;
    private int position;

    Choices(int[] numbers) {
        this.numbers = numbers;
    }

    boolean isExhausted() {
        return position >= numbers.length;
    }

    /** A number in 0 .. bound - 1; 0 behind the end. */
    int below(int bound) {
        return isExhausted() ? 0 : numbers[position++] % bound;
    }

    /** True with a probability of one in {@code among}; false behind the end. */
    boolean oneIn(int among) {
        return below(among) == among - 1;
    }

    @SafeVarargs
    final <T> T of(T... options) {
        return options[below(options.length)];
    }

    double between(double low, double high) {
        return low + (high - low) * below(LIMIT) / LIMIT;
    }
}
