package dev.hone.vision.synthetic;

/**
 * Value noise on an integer lattice, smoothly interpolated, and its sum over octaves; a function of position and seed.
 */
final class Noise {
    private final long seed;

    Noise(long seed) {
        this.seed = seed;
    }

    /** In -1..1 at a lattice point. */
    double lattice(int x, int y) {
        long h = seed + x * 0x9e3779b97f4a7c15L + y * 0xc2b2ae3d27d4eb4fL;
        h = (h ^ (h >>> 29)) * 0xbf58476d1ce4e5b9L;
        h = (h ^ (h >>> 32)) * 0x94d049bb133111ebL;
        return ((h ^ (h >>> 31)) >> 11) * 0x1p-52;
    }

    /** In -1..1, with features one unit wide. */
    double at(double x, double y) {
        int ix = (int) Math.floor(x);
        int iy = (int) Math.floor(y);
        double fx = smooth(x - ix);
        double fy = smooth(y - iy);
        double top = lattice(ix, iy) + fx * (lattice(ix + 1, iy) - lattice(ix, iy));
        double low = lattice(ix, iy + 1) + fx * (lattice(ix + 1, iy + 1) - lattice(ix, iy + 1));
        return top + fy * (low - top);
    }

    /**
     * Sum of octaves, each with half the width and {@code gain} times the amplitude of the previous one, scaled to a
     * maximum of 1.
     */
    double octaves(double x, double y, int count, double gain) {
        double sum = 0;
        double scale = 0;
        double height = 1;
        double frequency = 1;
        for (int i = 0; i < count; i++) {
            sum += height * at(x * frequency + 17.3 * i, y * frequency - 9.1 * i);
            scale += height;
            height *= gain;
            frequency *= 2;
        }
        return sum / scale;
    }

    private static double smooth(double t) {
        return t * t * t * (t * (t * 6 - 15) + 10);
    }
}
