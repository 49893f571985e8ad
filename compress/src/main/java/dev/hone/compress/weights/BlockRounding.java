package dev.hone.compress.weights;

/** Chooses scale, zero point and levels of a block from its weights alone. */
interface BlockRounding {
    /**
     * @param weights of which the block is {@code weights[at]} to {@code weights[at + count - 1]}
     * @param into gets the scale NaN where a weight is not finite
     */
    void round(float[] weights, int at, int count, Block into);

    static BlockRounding of(WeightOptions options) {
        return switch (options.rounding()) {
            case NEAREST -> new Nearest(options);
            // Tables have no products to learn from; the method without data suits them.
            case HQQ, GPTQ -> new HalfQuadratic(options);
        };
    }
}
