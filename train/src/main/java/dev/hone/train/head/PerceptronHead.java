package dev.hone.train.head;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;

/**
 * A layer of rectified units between components and logits: {@code W2 max(0, W1 z + b1) + b2}. It is one more layer on the
 * standardized features, into which the principal components are multiplied.
 *
 * @param hidden W1, [H][D]
 * @param hiddenBias b1, [H]
 * @param out the second layer, on [H]
 */
public record PerceptronHead(double[][] hidden, double[] hiddenBias, LinearHead out) implements Head {
    @Override
    public int classes() {
        return out.classes();
    }

    @Override
    public double[] logits(float[] values, int at) {
        double[] units = new LinearHead(hidden, hiddenBias).logits(values, at);
        float[] rectified = new float[units.length];
        for (int i = 0; i < units.length; i++) {
            rectified[i] = (float) Math.max(0, units[i]);
        }
        return out.logits(rectified, 0);
    }

    @Override
    public Value append(Ops o, Projection projection, Value features) {
        Value x = projection.standardize(o, features);
        Value units = o.op("Relu", LinearHead.layer(o, x, projection.unproject(hidden), hiddenBias, "hidden"));
        return LinearHead.layer(o, units, out.weights(), out.bias(), "head");
    }

    @Override
    public PerceptronHead withTemperature(double temperature) {
        return new PerceptronHead(hidden, hiddenBias, out.withTemperature(temperature));
    }
}
