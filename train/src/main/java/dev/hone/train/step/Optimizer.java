package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.List;

/**
 * How gradients change weights. All trainable weights are one vector [T], so that a step is a few operators however many
 * layers there are. Weight decay leaves biases and normalization parameters (those of rank 1 or 0) alone; learning rate and
 * decay of single weights may have factors, {@link WeightFactors}, as PyTorch's parameter groups.
 */
public sealed interface Optimizer {

    /** How many vectors [T] it carries from step to step; they start as zeros. */
    int slots();

    /** The momentum or first beta where the schedule gives none. */
    double momentum();

    /** The second beta, 0 without one. */
    default double beta2() {
        return 0;
    }

    double weightDecay();

    /** New weights, then new slots. */
    List<Value> update(Ops o, Value weights, Value gradient, List<Value> slots, Value[] hyper, PerWeight factors);

    /**
     * Stochastic gradient descent with momentum, as PyTorch's: {@code g += d w; b = m b + g; w -= r b}, or with
     * Nesterov's variant {@code w -= r (g + m b)}.
     */
    record Sgd(double momentum, boolean nesterov, double weightDecay) implements Optimizer {
        public Sgd {
            requireBeta("momentum", momentum);
            requireDecay(weightDecay);
        }

        @Override
        public int slots() {
            return 1;
        }

        @Override
        public List<Value> update(Ops o, Value w, Value gradient, List<Value> slots, Value[] hyper, PerWeight factors) {
            Value g = withPenalty(o, w, gradient, weightDecay, factors);
            Value m = hyper[Hyper.MOMENTUM.ordinal()];
            Value buffer = o.add(o.mul(slots.get(0), m), g);
            Value direction = nesterov ? o.add(g, o.mul(buffer, m)) : buffer;
            return List.of(o.sub(w, o.mul(direction, factors.rates(hyper[Hyper.RATE.ordinal()]))), buffer);
        }
    }

    /** Adam (Kingma and Ba 2015) with the penalty in the gradient, as PyTorch's. */
    record Adam(double momentum, double beta2, double epsilon, double weightDecay) implements Optimizer {
        public Adam {
            requireBeta("beta1", momentum);
            requireBeta("beta2", beta2);
            requireDecay(weightDecay);
        }

        public Adam(double weightDecay) {
            this(0.9, 0.999, 1e-8, weightDecay);
        }

        @Override
        public int slots() {
            return 2;
        }

        @Override
        public List<Value> update(Ops o, Value w, Value gradient, List<Value> slots, Value[] hyper, PerWeight factors) {
            Value g = withPenalty(o, w, gradient, weightDecay, factors);
            return adam(o, w, g, slots, hyper, factors, beta2, epsilon);
        }
    }

    /** Adam with decoupled weight decay (Loshchilov and Hutter 2019), as PyTorch's: {@code w -= r d w} first. */
    record AdamW(double momentum, double beta2, double epsilon, double weightDecay) implements Optimizer {
        public AdamW {
            requireBeta("beta1", momentum);
            requireBeta("beta2", beta2);
            requireDecay(weightDecay);
        }

        public AdamW(double weightDecay) {
            this(0.9, 0.999, 1e-8, weightDecay);
        }

        @Override
        public int slots() {
            return 2;
        }

        @Override
        public List<Value> update(Ops o, Value w, Value gradient, List<Value> slots, Value[] hyper, PerWeight factors) {
            Value decayed = w;
            if (weightDecay != 0) {
                Value one = o.constant(1f);
                Value rate = hyper[Hyper.RATE.ordinal()];
                decayed = o.mul(w, factors.decays(rate, (r, d) -> o.sub(one, o.mul(r, weightDecay * d)), one));
            }
            return adam(o, decayed, gradient, slots, hyper, factors, beta2, epsilon);
        }
    }

    /** {@code m += (1 - b1)(g - m); v = b2 v + (1 - b2) g g; w -= r / c1 * m / (sqrt(v) / sqrt(c2) + e)} */
    private static List<Value> adam(
            Ops o,
            Value w,
            Value g,
            List<Value> slots,
            Value[] hyper,
            PerWeight factors,
            double beta2,
            double epsilon) {
        Value rate = hyper[Hyper.RATE.ordinal()];
        Value beta1 = hyper[Hyper.MOMENTUM.ordinal()];
        Value first = o.add(o.mul(slots.get(0), beta1), o.mul(g, o.sub(o.constant(1f), beta1)));
        Value second = o.add(o.mul(slots.get(1), beta2), o.mul(o.mul(g, g), 1 - beta2));
        Value correction1 = factors.correction(beta1, hyper[Hyper.CORRECTION_1.ordinal()]);
        Value correction2 = factors.correction(o.constant((float) beta2), hyper[Hyper.CORRECTION_2.ordinal()]);
        Value root = o.div(o.op("Sqrt", second), o.op("Sqrt", correction2));
        Value change = o.mul(o.div(first, o.add(root, epsilon)), o.div(factors.rates(rate), correction1));
        return List.of(o.sub(w, change), first, second);
    }

    private static Value withPenalty(Ops o, Value w, Value g, double weightDecay, PerWeight factors) {
        if (weightDecay == 0) {
            return g;
        }
        Value zero = o.constant(0f);
        return o.add(g, o.mul(w, factors.decays(zero, (r, d) -> o.constant((float) (weightDecay * d)), zero)));
    }

    private static void requireBeta(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new HoneException(what + " is " + value + ", expected at least 0 and less than 1");
        }
    }

    private static void requireDecay(double value) {
        if (!(value >= 0)) {
            throw new HoneException("weight decay is " + value + ", expected 0 or more");
        }
    }
}
