package dev.hone.explain;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Points of a set that stand for all of it: k medoids by squared distance, found by turns of assigning points to the
 * nearest medoid and choosing each cluster's most central point (H.-S. Park and C.-H. Jun 2009), from a start that favours
 * points far from those chosen (D. Arthur and S. Vassilvitskii 2007). Time and memory grow with the square of the number
 * of points: meant for hundreds of them.
 */
public final class Medoids {
    private static final int MOST_TURNS = 100;

    private final double[][] distance;
    private final SplittableRandom random;

    private Medoids(float[][] points, long seed) {
        int n = points.length;
        distance = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                distance[i][j] = distance[j][i] = squaredDistance(points[i], points[j]);
            }
        }
        random = new SplittableRandom(seed);
    }

    /**
     * @param points all of one length
     * @param count how many medoids; all points if there are no more
     * @return indices of points, in increasing order
     */
    public static int[] of(float[][] points, int count, long seed) {
        if (count < 1 || points.length < 1) {
            throw new IllegalArgumentException(count + " medoids of " + points.length + " points");
        }
        return new Medoids(points, seed).find(Math.min(count, points.length));
    }

    private int[] find(int count) {
        int[] medoids = start(count);
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            int[] next = centres(medoids, assign(medoids));
            if (Arrays.equals(next, medoids)) {
                break;
            }
            medoids = next;
        }
        Arrays.sort(medoids);
        return medoids;
    }

    private int[] start(int count) {
        int[] medoids = new int[count];
        medoids[0] = random.nextInt(distance.length);
        double[] nearest = distance[medoids[0]].clone();
        for (int k = 1; k < count; k++) {
            double left = random.nextDouble() * Arrays.stream(nearest).sum();
            int chosen = -1;
            for (int i = 0; i < nearest.length && (chosen < 0 || left > 0); i++) {
                // A point at distance 0 is a medoid already, or its double.
                if (nearest[i] > 0) {
                    chosen = i;
                    left -= nearest[i];
                }
            }
            medoids[k] = chosen < 0 ? unused(medoids, k) : chosen;
            for (int i = 0; i < nearest.length; i++) {
                nearest[i] = Math.min(nearest[i], distance[medoids[k]][i]);
            }
        }
        return medoids;
    }

    private static int unused(int[] medoids, int count) {
        int i = 0;
        while (contains(medoids, count, i)) {
            i++;
        }
        return i;
    }

    private static boolean contains(int[] medoids, int count, int point) {
        return Arrays.stream(medoids, 0, count).anyMatch(m -> m == point);
    }

    private int[] assign(int[] medoids) {
        int[] cluster = new int[distance.length];
        for (int i = 0; i < cluster.length; i++) {
            for (int k = 1; k < medoids.length; k++) {
                if (distance[i][medoids[k]] < distance[i][medoids[cluster[i]]]) {
                    cluster[i] = k;
                }
            }
        }
        for (int k = 0; k < medoids.length; k++) {
            cluster[medoids[k]] = k;
        }
        return cluster;
    }

    private int[] centres(int[] medoids, int[] cluster) {
        int[] centres = medoids.clone();
        double[] least = new double[medoids.length];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        for (int k = 0; k < medoids.length; k++) {
            least[k] = total(medoids[k], k, cluster);
        }
        for (int i = 0; i < cluster.length; i++) {
            double total = total(i, cluster[i], cluster);
            if (total < least[cluster[i]]) {
                least[cluster[i]] = total;
                centres[cluster[i]] = i;
            }
        }
        return centres;
    }

    private double total(int point, int of, int[] cluster) {
        double sum = 0;
        for (int i = 0; i < cluster.length; i++) {
            sum += cluster[i] == of ? distance[point][i] : 0;
        }
        return sum;
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double apart = (double) a[i] - b[i];
            sum += apart * apart;
        }
        return sum;
    }
}
