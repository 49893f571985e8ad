package dev.hone.train.head;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Minimizes a smooth function of many variables by limited-memory BFGS (Nocedal 1980) with a backtracking line search. */
final class Lbfgs {
    private static final int MEMORY = 10;
    private static final double DECREASE = 1e-4;
    private static final int HALVINGS = 30;

    private Lbfgs() {}

    /** The function. */
    @FunctionalInterface
    interface Objective {
        /** The value at x; puts the gradient, of the same length, into {@code gradient}. */
        double at(double[] x, double[] gradient);
    }

    private record Pair(double[] step, double[] change, double inverse) {}

    /**
     * @param start where to begin; not changed
     * @param tolerance the largest element of the gradient at which it ends
     * @return the point reached
     */
    static double[] minimize(Objective f, double[] start, double tolerance, int iterations) {
        double[] x = start.clone();
        double[] gradient = new double[x.length];
        double value = f.at(x, gradient);
        Deque<Pair> pairs = new ArrayDeque<>();
        for (int i = 0; i < iterations && largest(gradient) > tolerance; i++) {
            double[] direction = direction(gradient, pairs);
            double slope = dot(direction, gradient);
            double step = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
            double[] next = new double[x.length];
            double[] nextGradient = new double[x.length];
            double nextValue = Double.NaN;
            for (int h = 0; h < HALVINGS; h++, step /= 2) {
                for (int j = 0; j < x.length; j++) {
                    next[j] = x[j] + step * direction[j];
                }
                nextValue = f.at(next, nextGradient);
                if (nextValue <= value + DECREASE * step * slope) {
                    break;
                }
            }
            if (!(nextValue < value)) {
                return x; // no progress is possible at this precision
            }
            remember(pairs, x, next, gradient, nextGradient);
            x = next;
            gradient = nextGradient;
            value = nextValue;
        }
        return x;
    }

    private static void remember(Deque<Pair> pairs, double[] x, double[] next, double[] g, double[] nextGradient) {
        double[] step = new double[x.length];
        double[] change = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            step[j] = next[j] - x[j];
            change[j] = nextGradient[j] - g[j];
        }
        double curvature = dot(step, change);
        if (curvature > 1e-12 * dot(change, change)) {
            pairs.addFirst(new Pair(step, change, 1 / curvature));
            if (pairs.size() > MEMORY) {
                pairs.removeLast();
            }
        }
    }

    /** Minus the gradient times the approximate inverse of the Hessian, by the two loops over the pairs. */
    private static double[] direction(double[] gradient, Deque<Pair> pairs) {
        double[] q = gradient.clone();
        double[] alphas = new double[pairs.size()];
        int i = 0;
        for (Pair pair : pairs) {
            alphas[i] = pair.inverse * dot(pair.step, q);
            add(q, pair.change, -alphas[i++]);
        }
        Pair last = pairs.peekFirst();
        double scale = last == null ? 1 : 1 / (last.inverse * dot(last.change, last.change));
        for (int j = 0; j < q.length; j++) {
            q[j] *= scale;
        }
        for (Iterator<Pair> it = pairs.descendingIterator(); it.hasNext(); ) {
            Pair pair = it.next();
            double beta = pair.inverse * dot(pair.change, q);
            add(q, pair.step, alphas[--i] - beta);
        }
        for (int j = 0; j < q.length; j++) {
            q[j] = -q[j];
        }
        return q;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double v : values) {
            largest = Math.max(largest, Math.abs(v));
        }
        return largest;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] to, double[] x, double factor) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * x[i];
        }
    }
}
