package dev.hone.explain;

import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/** Gaussian noise, row by row from a seed. @param deviation standard deviation, 0 for none */
record SeededNoise(long seed, float deviation) {
    void write(int row, FloatBuffer to) {
        SplittableRandom gauss = new SplittableRandom(seed + row);
        while (to.hasRemaining()) {
            to.put((float) (deviation * gauss.nextGaussian()));
        }
    }
}
