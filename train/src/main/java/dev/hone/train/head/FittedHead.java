package dev.hone.train.head;

import dev.hone.model.metric.Evaluation;

/**
 * A head that was chosen and fitted.
 *
 * @param head with its logits calibrated
 * @param setting what cross-validation chose, in a few words
 * @param crossValidation probabilities of the samples by heads that were not fitted to them, calibrated
 */
public record FittedHead(HeadKind kind, Head head, String setting, Evaluation crossValidation) {
    /** What a choice between heads goes by: macro F1, as for the best epoch of training. */
    public double macroF1() {
        return crossValidation.confusion().macroF1();
    }
}
