package dev.hone.fuzz;

import java.util.Random;

/** Damages a file. */
@FunctionalInterface
interface Mutator {
    byte[] mutate(byte[] file, Random random);
}
