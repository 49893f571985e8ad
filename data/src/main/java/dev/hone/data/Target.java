package dev.hone.data;

/**
 * What a model should answer for a sample: a class, a number, or a record of a program's own, such as a mask. Its text is
 * part of a data set's revision: equal targets have the same, others have not.
 */
public interface Target {
    /** One of the data set's classes, by index. */
    record OfClass(int index) implements Target {}

    /** A number to be predicted. */
    record OfNumber(double value) implements Target {}
}
