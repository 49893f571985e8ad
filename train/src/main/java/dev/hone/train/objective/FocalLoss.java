package dev.hone.train.objective;

import dev.hone.core.HoneException;
import dev.hone.graph.Value;

/**
 * Focal loss (Lin et al. 2017): {@link CrossEntropy} in which each class's term is multiplied by {@code (1 - p)^gamma}, so
 * that samples which are classified well count for less. Inputs, targets and metrics are those of cross-entropy.
 *
 * @param gamma 0 or more; 0 is cross-entropy
 * @param smoothing label smoothing, at least 0 and less than 1
 * @param classWeights one per class, or null for equal ones
 */
public record FocalLoss(double gamma, double smoothing, float[] classWeights) implements Objective {
    public FocalLoss {
        if (!(gamma >= 0)) {
            throw new HoneException("gamma of the focal loss is " + gamma + ", expected 0 or more");
        }
        ClassLoss.check(smoothing);
        classWeights = classWeights == null ? null : classWeights.clone();
    }

    /** Without smoothing and weights. */
    public FocalLoss(double gamma) {
        this(gamma, 0, null);
    }

    @Override
    public float[] classWeights() {
        return classWeights == null ? null : classWeights.clone();
    }

    @Override
    public Value loss(ObjectiveContext context) {
        return ClassLoss.of(context, smoothing, classWeights, gamma);
    }

    @Override
    public String describe() {
        return "focal loss, gamma " + gamma + ", " + ClassLoss.describe(smoothing, classWeights);
    }
}
