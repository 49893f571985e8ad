package dev.hone.train.loop;

import dev.hone.core.HoneException;

/** How the learning rate goes over a run of a known number of steps, counted from 0. */
public sealed interface Schedule {

    /** The learning rate of a step. */
    double rate(long step, long total);

    /** The momentum (or Adam's first beta) of a step, or NaN where the optimizer's own is to be used. */
    default double momentum(long step, long total) {
        return Double.NaN;
    }

    /** The same rate throughout. */
    record Constant(double rate) implements Schedule {
        public Constant {
            requirePositive(rate);
        }

        @Override
        public double rate(long step, long total) {
            return rate;
        }
    }

    /**
     * Rises linearly from {@code peak / W} to the peak over the first W steps, then falls along half a cosine.
     *
     * @param warmup fraction of all steps, 0 to 1
     * @param end what is left at the end, as a fraction of the peak
     */
    record WarmupCosine(double peak, double warmup, double end) implements Schedule {
        public WarmupCosine {
            requirePositive(peak);
            requireFraction("warm-up", warmup);
            requireFraction("end of the schedule", end);
        }

        @Override
        public double rate(long step, long total) {
            long rising = Math.round(warmup * total);
            if (step < rising) {
                return peak * (step + 1) / rising;
            }
            double done = total <= rising ? 1 : Math.min(1, (double) (step - rising) / (total - rising));
            return anneal(peak, peak * end, done);
        }
    }

    /**
     * One cycle (Smith and Topin 2019), as PyTorch's {@code OneCycleLR} with its cosine annealing: from {@code peak /
     * divisor} up to the peak over a fraction of the steps, then down to the starting rate divided by {@code
     * finalDivisor}; the momentum goes the other way, from 0.95 to 0.85 and back.
     */
    record OneCycle(double peak, double rising, double divisor, double finalDivisor) implements Schedule {
        private static final double HIGH = 0.95;
        private static final double LOW = 0.85;

        public OneCycle {
            requirePositive(peak);
            requireFraction("rising part of the cycle", rising);
        }

        /** PyTorch's defaults. */
        public OneCycle(double peak) {
            this(peak, 0.3, 25, 1e4);
        }

        @Override
        public double rate(long step, long total) {
            return along(step, total, peak / divisor, peak, peak / divisor / finalDivisor);
        }

        @Override
        public double momentum(long step, long total) {
            return along(step, total, HIGH, LOW, HIGH);
        }

        private double along(long step, long total, double first, double top, double last) {
            double up = rising * total - 1;
            if (step <= up) {
                return anneal(first, top, up <= 0 ? 1 : step / up);
            }
            return anneal(top, last, Math.min(1, (step - up) / (total - 1 - up)));
        }
    }

    private static double anneal(double from, double to, double done) {
        return to + (from - to) / 2 * (1 + Math.cos(Math.PI * done));
    }

    private static void requirePositive(double rate) {
        if (!(rate > 0)) {
            throw new HoneException("learning rate is " + rate + ", expected more than 0");
        }
    }

    private static void requireFraction(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new HoneException(what + " is " + value + ", expected 0 to 1");
        }
    }
}
