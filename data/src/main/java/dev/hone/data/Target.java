package dev.hone.data;

/** What a model should answer for a sample. */
public sealed interface Target {
    /** One of the data set's classes, by index. */
    record OfClass(int index) implements Target {}

    /** A number to be predicted. */
    record OfNumber(double value) implements Target {}
}
