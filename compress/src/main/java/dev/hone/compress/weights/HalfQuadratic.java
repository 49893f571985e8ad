package dev.hone.compress.weights;

/**
 * Half-quadratic quantization (Badri and Shaji, "Half-Quadratic Quantization of Large Machine Learning Models", 2023):
 * minimizes {@code sum |w - step (level - zero)|^p}, {@code p = 0.7}, by splitting the error {@code e} off:
 *
 * <pre>
 * e           = shrink(w - step (level - zero))            the proximal operator of the norm
 * step, zero  = least squares of w - e on the levels
 * level       = round(w / step) + zero
 * </pre>
 *
 * <p>The published solver keeps the step and lets zero points be fractions. The runtime's kernels take whole zero points
 * only, so here the step is solved for as well, from several starts, and the iterate of the least squared error is kept.
 * Errors are measured in steps, so that the result does not depend on the scale of the weights.
 */
final class HalfQuadratic implements BlockRounding {
    private static final double NORM = 0.7;
    private static final double FIRST_BETA = 10;
    private static final double GROWTH = 1.01;
    private static final int ITERATIONS = 20;

    /** Shares of the block's range that the levels span at first. */
    private static final float[] STARTS = {1, 0.93f, 0.86f};

    /** {@code x^(p-1)} for x in steps of 1/1024 up to 1, where nearly all errors are. */
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
        nearest.chooseStep(weights, at, count, into);
        if (Float.isNaN(into.step)) {
            return;
        }
        float firstStep = into.step;
        int firstZero = into.zero;
        Best best = new Best();
        for (float start : STARTS) {
            into.step = firstStep * start;
            // The middle of the range stays where it is.
            into.zero = symmetric ? middle : Nearest.clamp(Math.round(top / 2f - (top / 2f - firstZero) / start), top);
            descend(weights, at, count, into, best);
        }
        into.step = best.step;
        into.zero = best.zero;
        nearest.chooseLevels(weights, at, count, into);
    }

    private static final class Best {
        double error = Double.POSITIVE_INFINITY;
        float step;
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
                double error = weights[at + i] - level * block.step;
                squares += error * error;
                double shrunk = Math.abs(error) <= threshold * Math.abs(block.step)
                        ? 0
                        : shrink(error / block.step, beta) * block.step;
                double target = weights[at + i] - shrunk;
                products += target * level;
                levelSquares += level * level;
                levelSum += block.level(i);
                targetSum += target;
            }
            if (squares < best.error) {
                best.error = squares;
                best.step = block.step;
                best.zero = block.zero;
            }
            if (!(squares < before) || levelSquares == 0 || products <= 0) {
                return;
            }
            before = squares;
            float step = (float) (products / levelSquares);
            if (!(Math.abs(step) >= Float.MIN_NORMAL)) {
                return;
            }
            block.step = Math.copySign(step, block.step);
            if (!symmetric) {
                double zero = (levelSum - targetSum / block.step) / count;
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
