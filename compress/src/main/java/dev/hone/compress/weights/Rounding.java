package dev.hone.compress.weights;

/** How the integers that stand for weights are chosen. */
public enum Rounding {
    /** Each weight to the nearest of the levels between the smallest and the largest of its block. */
    NEAREST,

    /**
     * Half-quadratic quantization (Badri and Shaji, 2023): quantization scale and zero point of each block are solved
     * for a norm below 1 of the errors, which forgives outliers. It needs no data.
     */
    HQQ,

    /**
     * GPTQ (Frantar et al., 2022): weights are rounded one input after the other, and each error is made up for by the
     * inputs that follow, as far as calibration inputs show them to go together.
     */
    GPTQ
}
