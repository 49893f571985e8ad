package dev.hone.property;

/** Adds a few nodes to a chain. */
@FunctionalInterface
interface Step {
    /** @return whether it could; a step that could not may leave unused nodes behind */
    boolean apply(Chain chain);
}
