package dev.hone.vision.duplicates;

/**
 * What an image has of its own: its map less what similar images have too. In many data sets all parts are alike: cells of
 * one type, boards of one layout. The mean of an image's neighbours that are not its nearest, which are copies of it or the
 * same part if there are any, is what the kind has in common; block by block as much of it is taken away as is in the image.
 *
 * @param map what is left
 * @param share of the map's energy that is left, 0 to 1
 */
record OwnStructure(float[] map, double share) {
    private static final int SIDE = StructureMap.SIDE;

    /** Blocks of so many pixels a side have a gain of their own. */
    private static final int BLOCK = 16;

    /** @param kind sum or mean of the maps of similar images; null if there are none */
    static OwnStructure of(float[] map, float[] kind) {
        if (kind == null) {
            return new OwnStructure(map, 1);
        }
        float[] own = map.clone();
        for (int top = 0; top < SIDE; top += BLOCK) {
            for (int left = 0; left < SIDE; left += BLOCK) {
                double product = 0;
                double energy = 1e-6;
                for (int y = top; y < top + BLOCK; y++) {
                    for (int at = y * SIDE + left; at < y * SIDE + left + BLOCK; at++) {
                        product += own[at] * kind[at];
                        energy += kind[at] * kind[at];
                    }
                }
                float gain = (float) (product / energy);
                for (int y = top; y < top + BLOCK; y++) {
                    for (int at = y * SIDE + left; at < y * SIDE + left + BLOCK; at++) {
                        own[at] -= gain * kind[at];
                    }
                }
            }
        }
        return new OwnStructure(own, energy(own) / (energy(map) + 1e-6));
    }

    private static double energy(float[] map) {
        double sum = 0;
        for (float value : map) {
            sum += value * value;
        }
        return sum;
    }

    /** The same of an image that is laid on another way. */
    OwnStructure turned(Turn turn) {
        return turn == Turn.NONE ? this : new OwnStructure(turn.of(map, SIDE), share);
    }
}
