package dev.hone.vision.duplicates;

/** The ways to lay a square on itself: turned by right angles, perhaps mirrored first. */
enum Turn {
    NONE(false, 0),
    TURNED_90(false, 1),
    TURNED_180(false, 2),
    TURNED_270(false, 3),
    MIRRORED(true, 0),
    MIRRORED_90(true, 1),
    MIRRORED_180(true, 2),
    MIRRORED_270(true, 3);

    private final boolean mirrored;
    private final int quarters;

    Turn(boolean mirrored, int quarters) {
        this.mirrored = mirrored;
        this.quarters = quarters;
    }

    /** The map turned. */
    float[] of(float[] map, int side) {
        if (this == NONE) {
            return map;
        }
        float[] out = new float[map.length];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int v = y;
                int u = mirrored ? side - 1 - x : x;
                for (int q = 0; q < quarters; q++) {
                    int w = u;
                    u = side - 1 - v;
                    v = w;
                }
                out[v * side + u] = map[y * side + x];
            }
        }
        return out;
    }
}
