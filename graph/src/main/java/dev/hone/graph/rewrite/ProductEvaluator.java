package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import java.util.Arrays;

/** Evaluates products of constant matrices, up to a size that takes well below a second. */
final class ProductEvaluator {
    /** Multiplications of one product. */
    private static final long MOST_WORK = 1L << 28;

    private ProductEvaluator() {}

    /** @return null if the product is too large, or its type is not a floating-point one */
    static Tensor matmul(Tensor a, Tensor b) {
        if (!Patterns.isPlainFloat(a.type()) || a.type() != b.type() || a.rank() < 1 || b.rank() < 1) {
            return null;
        }
        long[] da = a.rank() == 1 ? new long[] {1, a.dim(0)} : a.dims();
        long[] db = b.rank() == 1 ? new long[] {b.dim(0), 1} : b.dims();
        long rows = da[da.length - 2];
        long inner = da[da.length - 1];
        long columns = db[db.length - 1];
        long[] batchA = Arrays.copyOf(da, da.length - 2);
        long[] batchB = Arrays.copyOf(db, db.length - 2);
        long[] batch = DataMovementEvaluator.broadcast(batchA, batchB);
        if (batch == null || inner != db[db.length - 2]) {
            return null;
        }
        long[] dims = Arrays.copyOf(batch, batch.length + 2);
        dims[dims.length - 2] = rows;
        dims[dims.length - 1] = columns;
        double work = (double) Math.max(1, inner);
        for (long dim : dims) {
            work *= dim;
        }
        if (work > MOST_WORK) {
            return null;
        }
        int[] ia = DataMovementEvaluator.broadcastIndex(batchA, batch);
        int[] ib = DataMovementEvaluator.broadcastIndex(batchB, batch);
        double[] out = new double[(int) Tensor.count(dims)];
        double[] x = a.doubles();
        double[] y = b.doubles();
        for (int i = 0; i < ia.length; i++) {
            multiply(
                    x,
                    (int) (ia[i] * rows * inner),
                    y,
                    (int) (ib[i] * inner * columns),
                    out,
                    (int) (i * rows * columns),
                    (int) rows,
                    (int) inner,
                    (int) columns);
        }
        Tensor product = Tensor.ofDoubles(out, dims).to(a.type());
        return product.reshape(squeezed(dims, a.rank() == 1, b.rank() == 1));
    }

    private static void multiply(
            double[] a, int fromA, double[] b, int fromB, double[] out, int to, int rows, int inner, int columns) {
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < inner; k++) {
                double factor = a[fromA + r * inner + k];
                for (int c = 0; c < columns; c++) {
                    out[to + r * columns + c] += factor * b[fromB + k * columns + c];
                }
            }
        }
    }

    /** Without the rows or columns that a vector does not have. */
    private static long[] squeezed(long[] dims, boolean noRows, boolean noColumns) {
        long[] kept = Arrays.copyOf(dims, dims.length - 2);
        int rank = kept.length + (noRows ? 0 : 1) + (noColumns ? 0 : 1);
        kept = Arrays.copyOf(kept, rank);
        if (!noColumns) {
            kept[rank - 1] = dims[dims.length - 1];
        }
        if (!noRows) {
            kept[dims.length - 2] = dims[dims.length - 2];
        }
        return kept;
    }

    /** {@code alpha A B + beta C}. */
    static Tensor gemm(Node gemm, Tensor a, Tensor b, Tensor c) {
        if (!Patterns.isPlainFloat(a.type()) || a.rank() != 2 || b.rank() != 2 || a.type() != b.type()) {
            return null;
        }
        Tensor left = gemm.intAttribute("transA", 0) != 0 ? a.transpose(1, 0) : a;
        Tensor right = gemm.intAttribute("transB", 0) != 0 ? b.transpose(1, 0) : b;
        Tensor product = matmul(left, right);
        if (product == null || c != null && c.type() != a.type()) {
            return null;
        }
        double alpha = gemm.floatAttribute("alpha", 1);
        double beta = gemm.floatAttribute("beta", 1);
        double[] sum = product.doubles();
        double[] terms = c == null ? new double[1] : c.doubles();
        long[] dims = product.dims();
        int[] at = c == null ? new int[sum.length] : DataMovementEvaluator.broadcastIndex(c.dims(), dims);
        if (c != null && !Arrays.equals(DataMovementEvaluator.broadcast(c.dims(), dims), dims)) {
            return null;
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] = alpha * sum[i] + (beta == 0 ? 0 : beta * terms[at[i]]);
        }
        return Tensor.ofDoubles(sum, dims).to(a.type());
    }
}
