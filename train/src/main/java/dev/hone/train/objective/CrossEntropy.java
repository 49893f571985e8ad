package dev.hone.train.objective;

import dev.hone.graph.Value;

/**
 * Cross-entropy of the model's first output, logits [N,K], against target distributions {@code targets} [N,K] whose rows
 * sum to 1. With one-hot targets it is PyTorch's {@code cross_entropy}: with class weights the mean is a weighted one, so
 * that gradients of batches with other classes in them do not average exactly. Reports {@code accuracy}.
 *
 * @param smoothing label smoothing, at least 0 and less than 1
 * @param classWeights one per class, or null for equal ones
 * @param adjustment added to the logits inside the loss, one number per class, or null for none. With {@code tau log prior}
 *     of the classes it is the logit-adjusted loss (Menon et al. 2021): the logits of the model, which are not adjusted, then
 *     go for the balanced error whatever the classes' sizes
 */
public record CrossEntropy(double smoothing, float[] classWeights, float[] adjustment) implements Objective {
    public CrossEntropy {
        ClassLoss.check(smoothing);
        classWeights = ClassLoss.copy(classWeights);
        adjustment = ClassLoss.copy(adjustment);
    }

    /** Without smoothing and weights. */
    public CrossEntropy() {
        this(0, null, null);
    }

    public CrossEntropy withSmoothing(double value) {
        return new CrossEntropy(value, classWeights, adjustment);
    }

    public CrossEntropy withClassWeights(float... values) {
        return new CrossEntropy(smoothing, values, adjustment);
    }

    public CrossEntropy withAdjustment(float... values) {
        return new CrossEntropy(smoothing, classWeights, values);
    }

    @Override
    public float[] classWeights() {
        return ClassLoss.copy(classWeights);
    }

    @Override
    public float[] adjustment() {
        return ClassLoss.copy(adjustment);
    }

    @Override
    public Value loss(ObjectiveContext context) {
        Value logits = ClassLoss.logits(context.model());
        Value scores = ClassLoss.shifted(context, logits, adjustment);
        return ClassLoss.of(context, logits, scores, smoothing, classWeights, 0);
    }

    @Override
    public String describe() {
        return "cross-entropy, " + ClassLoss.describe(smoothing, classWeights) + ClassLoss.describe(adjustment);
    }
}
