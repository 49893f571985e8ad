package dev.hone.core.option;

/**
 * One of several {@link Variants} with its options.
 *
 * @param name of the variant
 * @param options a record of the variant's class
 */
public record Selected(String name, Record options) {}
