package dev.hone.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MedoidsTest {
    @Test
    void findsTheCentreOfEachCluster() {
        float[][] points = {{0}, {1}, {2}, {100}, {101}, {102}, {103}, {104}, {-50}, {-51}, {-49}};
        for (int seed = 0; seed < 20; seed++) {
            assertThat(Medoids.of(points, 3, seed)).as("seed %d", seed).containsExactly(1, 5, 8);
        }
    }

    /** No exchange of one medoid for a point of its own cluster makes the sum of distances smaller. */
    @Test
    void noMedoidCanBeReplacedInItsCluster() {
        Random random = new Random(4);
        float[][] points = new float[60][2];
        for (float[] point : points) {
            point[0] = random.nextFloat();
            point[1] = random.nextFloat();
        }
        int[] medoids = Medoids.of(points, 5, 4);
        for (int k = 0; k < 5; k++) {
            for (int i = 0; i < points.length; i++) {
                if (nearest(points, medoids, i) == k) {
                    assertThat(within(points, medoids, k, i))
                            .isGreaterThanOrEqualTo(within(points, medoids, k, medoids[k]) - 1e-6);
                }
            }
        }
    }

    private static int nearest(float[][] points, int[] medoids, int i) {
        int best = 0;
        for (int k = 1; k < medoids.length; k++) {
            best = distance(points[i], points[medoids[k]]) < distance(points[i], points[medoids[best]]) ? k : best;
        }
        return best;
    }

    private static double within(float[][] points, int[] medoids, int k, int centre) {
        double sum = 0;
        for (int i = 0; i < points.length; i++) {
            sum += nearest(points, medoids, i) == k ? distance(points[i], points[centre]) : 0;
        }
        return sum;
    }

    private static double distance(float[] a, float[] b) {
        return Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2);
    }

    @Test
    void takesEqualPointsAndMoreMedoidsThanPoints() {
        assertThat(Medoids.of(new float[][] {{1}, {1}, {1}}, 2, 1)).hasSize(2).doesNotHaveDuplicates();
        assertThat(Medoids.of(new float[][] {{1}, {2}}, 5, 1)).containsExactly(0, 1);
    }
}
