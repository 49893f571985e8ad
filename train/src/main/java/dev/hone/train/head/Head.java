package dev.hone.train.head;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;

/**
 * A fitted classifier of features. What {@link #logits} computes in Java, in double precision, {@link #append} computes in
 * a model's graph.
 */
public sealed interface Head permits LinearHead, KernelHead, PerceptronHead, PrototypeHead {
    /** Number of classes K. */
    int classes();

    /**
     * The logits of one sample.
     *
     * @param values components, of which those from {@code at} on are the sample's
     * @return [K]
     */
    double[] logits(float[] values, int at);

    /**
     * Adds the operators.
     *
     * @param projection from features to the components that the head was fitted to
     * @param features [N,F]
     * @return logits [N,K]
     */
    Value append(Ops o, Projection projection, Value features);

    /** The same classifier with all logits divided by a number: other probabilities, the same most probable class. */
    Head withTemperature(double temperature);
}
