package dev.hone.train.head;

import dev.hone.data.SeededRandom;
import dev.hone.runtime.SessionOptions;
import java.util.stream.IntStream;

/**
 * The directions of largest variance, by subspace iteration on the matrix of inner products of the rows (Halko et al.
 * 2011): with fewer rows than columns, as of features of a few hundred images, that is the smaller matrix.
 */
final class PrincipalComponents {
    /** Directions that are iterated beside the wanted ones, so that the last of these converge as well. */
    private static final int MORE = 16;

    private static final int ITERATIONS = 6;

    private PrincipalComponents() {}

    /**
     * @param x rows of mean 0, [n,d], row after row
     * @param wanted number of components, at least 1
     * @return orthonormal directions [k,d], row after row, by falling variance; k is {@code wanted} or the rank, if that
     *     is smaller
     */
    static float[] of(float[] x, int d, int wanted, SessionOptions options) {
        int n = x.length / d;
        float[] gram = Products.withTransposed(x, x, d, options);
        int k = Math.min(n, wanted + MORE);
        double[][] q = random(k, n);
        orthonormalize(q);
        for (int i = 0; i < ITERATIONS; i++) {
            q = times(gram, q, n, options);
            orthonormalize(q);
        }
        double[][] image = times(gram, q, n, options);
        double[][] small = new double[k][k];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                small[i][j] = (dot(q[i], image[j]) + dot(q[j], image[i])) / 2;
            }
        }
        SymmetricEigen eigen = SymmetricEigen.of(small);
        int kept = 0;
        while (kept < Math.min(wanted, k) && eigen.values()[kept] > 1e-6 * eigen.values()[0]) {
            kept++;
        }
        float[] weights = new float[kept * n];
        for (int c = 0; c < kept; c++) {
            double scale = 1 / Math.sqrt(eigen.values()[c]);
            for (int i = 0; i < k; i++) {
                double factor = scale * eigen.vectors()[c][i];
                for (int r = 0; r < n; r++) {
                    weights[c * n + r] += (float) (factor * q[i][r]);
                }
            }
        }
        return directions(weights, x, n, d, kept, options);
    }

    /** {@code U' X}: [k,n] times [n,d]. */
    private static float[] directions(float[] u, float[] x, int n, int d, int k, SessionOptions options) {
        float[] transposed = new float[u.length];
        for (int c = 0; c < k; c++) {
            for (int r = 0; r < n; r++) {
                transposed[r * k + c] = u[c * n + r];
            }
        }
        return Products.ofTransposed(transposed, x, n, options);
    }

    private static double[][] random(int k, int n) {
        SeededRandom random = new SeededRandom(n, k);
        double[][] q = new double[k][n];
        for (double[] row : q) {
            for (int i = 0; i < n; i++) {
                row[i] = random.gaussian();
            }
        }
        return q;
    }

    /** The vectors times the symmetric matrix. */
    private static double[][] times(float[] gram, double[][] q, int n, SessionOptions options) {
        float[] rows = new float[q.length * n];
        for (int i = 0; i < q.length; i++) {
            for (int j = 0; j < n; j++) {
                rows[i * n + j] = (float) q[i][j];
            }
        }
        float[] product = Products.withTransposed(rows, gram, n, options);
        double[][] result = new double[q.length][n];
        for (int i = 0; i < q.length; i++) {
            for (int j = 0; j < n; j++) {
                result[i][j] = product[i * n + j];
            }
        }
        return result;
    }

    /** Gram and Schmidt's procedure, twice; a vector that lies in the span of those before it becomes zero. */
    private static void orthonormalize(double[][] q) {
        for (int i = 0; i < q.length; i++) {
            double before = Math.sqrt(dot(q[i], q[i]));
            for (int round = 0; round < 2; round++) {
                for (int j = 0; j < i; j++) {
                    add(q[i], q[j], -dot(q[i], q[j]));
                }
            }
            double norm = Math.sqrt(dot(q[i], q[i]));
            double factor = norm > 1e-9 * before ? 1 / norm : 0;
            for (int r = 0; r < q[i].length; r++) {
                q[i][r] *= factor;
            }
        }
    }

    private static double dot(double[] a, double[] b) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + s2 + s3;
    }

    private static void add(double[] to, double[] x, double factor) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * x[i];
        }
    }

    /** Eigenvalues in falling order, and their vectors, by cyclic Jacobi rotations. */
    record SymmetricEigen(double[] values, double[][] vectors) {
        private static final int SWEEPS = 30;

        static SymmetricEigen of(double[][] matrix) {
            int n = matrix.length;
            double[][] a = new double[n][];
            double[][] v = new double[n][n];
            for (int i = 0; i < n; i++) {
                a[i] = matrix[i].clone();
                v[i][i] = 1;
            }
            double norm = 0;
            for (double[] row : a) {
                norm += dot(row, row);
            }
            for (int sweep = 0; sweep < SWEEPS && offDiagonal(a) > 1e-20 * norm; sweep++) {
                for (int p = 0; p < n; p++) {
                    for (int q = p + 1; q < n; q++) {
                        rotate(a, v, p, q);
                    }
                }
            }
            int[] order = IntStream.range(0, n)
                    .boxed()
                    .sorted((i, j) -> Double.compare(a[j][j], a[i][i]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            double[] values = new double[n];
            double[][] vectors = new double[n][];
            for (int i = 0; i < n; i++) {
                values[i] = a[order[i]][order[i]];
                vectors[i] = v[order[i]];
            }
            return new SymmetricEigen(values, vectors);
        }

        private static double offDiagonal(double[][] a) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                for (int j = 0; j < i; j++) {
                    sum += 2 * a[i][j] * a[i][j];
                }
            }
            return sum;
        }

        /** Makes {@code a[p][q]} zero; {@code v} holds the vectors as rows. */
        private static void rotate(double[][] a, double[][] v, int p, int q) {
            if (a[p][q] == 0) {
                return;
            }
            double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
            double t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
            double c = 1 / Math.sqrt(t * t + 1);
            double s = t * c;
            for (int k = 0; k < a.length; k++) {
                double kp = a[k][p];
                double kq = a[k][q];
                a[k][p] = c * kp - s * kq;
                a[k][q] = s * kp + c * kq;
            }
            rotateRows(a, p, q, c, s);
            rotateRows(v, p, q, c, s);
        }

        private static void rotateRows(double[][] m, int p, int q, double c, double s) {
            double[] mp = m[p];
            double[] mq = m[q];
            for (int k = 0; k < mp.length; k++) {
                double a = mp[k];
                double b = mq[k];
                mp[k] = c * a - s * b;
                mq[k] = s * a + c * b;
            }
        }
    }
}
