package dev.hone.compress.weights;

/**
 * Half-quadratic quantization (Badri and Shaji, "Half-Quadratic Quantization of Large Machine Learning Models", 2023):
 * minimizes {@code sum |w - scale (level - zero)|^p}, {@code p = 0.7}, by splitting the error {@code e} off:
 *
 * <pre>
 * e           = shrink(w - scale (level - zero))            the proximal operator of the norm
 * scale, zero  = least squares of w - e on the levels
 * level       = round(w / scale) + zero
 * </pre>
 *
 * <p>The published solver keeps the scale and lets zero points be fractions. The runtime's kernels take whole zero points
 * only, so here the scale is solved for as well, from several starts, and the iterate of the least squared error is kept.
 * Errors are measured in scales, so that the result does not depend on the scale of the weights.
 */
final class HalfQuadratic implements BlockRounding {
    private static final double NORM = 0.7;
    private static final double FIRST_BETA = 10;
    private static final double GROWTH = 1.01;
    private static final int ITERATIONS = 20;

    /** Shares of the block's range that the levels span at first. */
    private static final float[] STARTS = {1, 0.93f, 0.86f};

    /** {@code x^(p-1)} for x in scales of 1/1024 up to 1, where nearly all errors are. */
    private static final double[] POWERS = new double[1025];

    static {
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = Math.pow(i / 1024.0, NORM - 1);
        }
    }

    private final Nearest nearest;
    private final int top;
    private final int middle;
    private final boolean symmetric;

    HalfQuadratic(WeightOptions options) {
        this.nearest = new Nearest(options);
        this.top = options.top();
        this.middle = options.middle();
        this.symmetric = options.symmetric();
    }

    @Override
    public void round(float[] weights, int at, int count, Block into) {
        nearest.chooseScale(weights, at, count, into);
        if (Float.isNaN(into.scale)) {
            return;
        }
        float firstScale = into.scale;
        int firstZero = into.zero;
        Best best = new Best();
        for (float start : STARTS) {
            into.scale = firstScale * start;
            // The middle of the range stays where it is.
            into.zero = symmetric ? middle : Nearest.clamp(Math.round(top / 2f - (top / 2f - firstZero) / start), top);
            descend(weights, at, count, into, best);
        }
        into.scale = best.scale;
        into.zero = best.zero;
        nearest.chooseLevels(weights, at, count, into);
    }

    private static final class Best {
        double error = Double.POSITIVE_INFINITY;
        float scale;
        int zero;
    }

    private void descend(float[] weights, int at, int count, Block block, Best best) {
        double beta = FIRST_BETA;
        double before = Double.POSITIVE_INFINITY;
        for (int iteration = 0; iteration <= ITERATIONS; iteration++) {
            nearest.chooseLevels(weights, at, count, block);
            // Errors up to this size shrink to nothing.
            double threshold = Math.pow(beta, -1 / (2 - NORM));
            double squares = 0;
            double products = 0;
            double levelSquares = 0;
            double levelSum = 0;
            double targetSum = 0;
            for (int i = 0; i < count; i++) {
                double level = block.level(i) - block.zero;
                double error = weights[at + i] - level * block.scale;
                squares += error * error;
                double shrunk = Math.abs(error) <= threshold * Math.abs(block.scale)
                        ? 0
                        : shrink(error / block.scale, beta) * block.scale;
                double target = weights[at + i] - shrunk;
                products += target * level;
                levelSquares += level * level;
                levelSum += block.level(i);
                targetSum += target;
            }
            if (squares < best.error) {
                best.error = squares;
                best.scale = block.scale;
                best.zero = block.zero;
            }
            if (!(squares < before) || levelSquares == 0 || products <= 0) {
                return;
            }
            before = squares;
            float scale = (float) (products / levelSquares);
            if (!(Math.abs(scale) >= Float.MIN_NORMAL)) {
                return;
            }
            block.scale = Math.copySign(scale, block.scale);
            if (!symmetric) {
                double zero = (levelSum - targetSum / block.scale) / count;
                block.zero = Nearest.clamp((int) Math.rint(zero), top);
            }
            beta *= GROWTH;
        }
    }

    /** {@code sign(x) max(0, |x| - |x|^(p-1) / beta)} */
    private static double shrink(double x, double beta) {
        double size = Math.abs(x);
        double power = size < 1 ? POWERS[(int) (size * 1024 + 0.5)] : Math.pow(size, NORM - 1);
        return Math.signum(x) * Math.max(0, size - power / beta);
    }
}
