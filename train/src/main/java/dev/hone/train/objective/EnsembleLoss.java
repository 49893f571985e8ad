package dev.hone.train.objective;

import dev.hone.graph.Value;

/**
 * The mean of the cross-entropies, or focal losses, of the members of an ensemble inside one graph: each member learns on its
 * own, and errs differently, where the loss of their mean would make them parts of one network. Reports the {@code accuracy}
 * of the model's first output, logits [N,K].
 *
 * @param members name of the value that holds the members' logits, [M,N,K]
 * @param smoothing label smoothing, at least 0 and less than 1
 * @param classWeights one per class, or null for equal ones
 * @param gamma of the focal loss (Lin et al. 2017); 0 for the cross-entropy
 * @param adjustment added to the members' logits inside the loss, as {@link CrossEntropy}'s, or null for none
 */
public record EnsembleLoss(String members, double smoothing, float[] classWeights, double gamma, float[] adjustment)
        implements Objective {
    public EnsembleLoss {
        ClassLoss.check(smoothing);
        classWeights = ClassLoss.copy(classWeights);
        adjustment = ClassLoss.copy(adjustment);
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
        Value scores = ClassLoss.shifted(context, context.value(members), adjustment);
        return ClassLoss.of(context, logits, scores, smoothing, classWeights, gamma);
    }

    @Override
    public String describe() {
        return "ensemble loss of " + members + ", " + ClassLoss.describe(smoothing, classWeights) + ", gamma " + gamma
                + ClassLoss.describe(adjustment);
    }
}
