package dev.hone.train.step;

import dev.hone.core.ElementType;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.nio.FloatBuffer;

/**
 * The numbers that change from step to step, one vector of floats that goes into the step graph. The optimizers and the
 * average of weights read what they need.
 */
enum Hyper {
    /** The learning rate. */
    RATE,
    /** The momentum, or Adam's first beta. */
    MOMENTUM,
    /** {@code 1 - beta1^t}, t counted from 1. */
    CORRECTION_1,
    /** {@code 1 - beta2^t}. */
    CORRECTION_2,
    /** How much of the average of weights is kept. */
    AVERAGE_DECAY;

    static final String INPUT = "step.hyper";

    static Value[] read(Ops o) {
        int n = values().length;
        Value vector = o.graph().addInput(INPUT, ElementType.FLOAT, Shape.of(n));
        Value[] scalars = new Value[n];
        for (int i = 0; i < n; i++) {
            scalars[i] = o.slice(vector, 0, i, i + 1L, 1);
        }
        return scalars;
    }

    /** @param step steps done before this one */
    static void fill(FloatBuffer values, Stepper.Settings settings, Optimizer optimizer, long step) {
        double momentum = Double.isNaN(settings.momentum()) ? optimizer.momentum() : settings.momentum();
        values.put(RATE.ordinal(), (float) settings.rate());
        values.put(MOMENTUM.ordinal(), (float) momentum);
        values.put(CORRECTION_1.ordinal(), (float) (1 - Math.pow(momentum, step + 1.0)));
        values.put(CORRECTION_2.ordinal(), (float) (1 - Math.pow(optimizer.beta2(), step + 1.0)));
        values.put(AVERAGE_DECAY.ordinal(), (float) settings.averageDecay());
    }
}
