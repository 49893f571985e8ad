package dev.hone.train.objective;

import dev.hone.graph.Value;

/**
 * Cross-entropy of the model's first output, logits [N,K], against target distributions {@code targets} [N,K] whose rows
 * sum to 1. With one-hot targets it is PyTorch's {@code cross_entropy}: with class weights the mean is a weighted one, so
 * that gradients of batches with other classes in them do not average exactly. Reports {@code accuracy}.
 *
 * @param smoothing label smoothing, at least 0 and less than 1
 * @param classWeights one per class, or null for equal ones
 */
public record CrossEntropy(double smoothing, float[] classWeights) implements Objective {
    public CrossEntropy {
        ClassLoss.check(smoothing);
        classWeights = classWeights == null ? null : classWeights.clone();
    }

    /** Without smoothing and weights. */
    public CrossEntropy() {
        this(0, null);
    }

    public CrossEntropy withSmoothing(double value) {
        return new CrossEntropy(value, classWeights);
    }

    public CrossEntropy withClassWeights(float... values) {
        return new CrossEntropy(smoothing, values);
    }

    @Override
    public float[] classWeights() {
        return classWeights == null ? null : classWeights.clone();
    }

    @Override
    public Value loss(ObjectiveContext context) {
        return ClassLoss.of(context, smoothing, classWeights, 0);
    }

    @Override
    public String describe() {
        return "cross-entropy, " + ClassLoss.describe(smoothing, classWeights);
    }
}
