package dev.hone.compress.plan;

/**
 * One way to compute a segment, and what it takes.
 *
 * @param name what computes in INT8, in words
 * @param in in which form its input arrives
 * @param out in which form its output leaves
 * @param milliseconds of one run, the conversions at its borders included
 * @param integerHead whether the input is read by integer kernels alone
 * @param integerTail whether the output comes out of an integer kernel
 */
public record Choice(
        String name, Border in, Border out, double milliseconds, boolean integerHead, boolean integerTail) {}
