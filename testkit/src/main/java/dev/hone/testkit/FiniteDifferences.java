package dev.hone.testkit;

import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Numerical derivatives by finite differences. */
public final class FiniteDifferences {
    private FiniteDifferences() {}

    /**
     * The derivative of {@code f} at {@code x} along {@code direction}: central differences at steps {@code h} and
     * {@code h/2}, extrapolated (Richardson), error of order {@code h^4}. The function should compute in double; in
     * float a step of about 1e-2 balances truncation and rounding.
     */
    public static double along(ToDoubleFunction<double[]> f, double[] x, double[] direction, double h) {
        double wide = central(f, x, direction, h);
        double narrow = central(f, x, direction, h / 2);
        return (4 * narrow - wide) / 3;
    }

    private static double central(ToDoubleFunction<double[]> f, double[] x, double[] direction, double h) {
        return (f.applyAsDouble(moved(x, direction, h)) - f.applyAsDouble(moved(x, direction, -h))) / (2 * h);
    }

    private static double[] moved(double[] x, double[] direction, double h) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] + h * direction[i];
        }
        return y;
    }

    /** A random unit vector: components sampled from N(0, 1), then normalized. */
    public static double[] randomDirection(int size, long seed) {
        Random random = new Random(seed);
        double[] direction = new double[size];
        double squares = 0;
        for (int i = 0; i < size; i++) {
            direction[i] = random.nextGaussian();
            squares += direction[i] * direction[i];
        }
        for (int i = 0; i < size; i++) {
            direction[i] /= Math.sqrt(squares);
        }
        return direction;
    }
}
