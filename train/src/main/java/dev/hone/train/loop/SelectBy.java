package dev.hone.train.loop;

import java.util.Map;

/** The validation metric that chooses the best epoch. */
public enum SelectBy {
    /** Macro F1 of a classifier, higher is better. */
    MACRO_F1(Validation.MACRO_F1, true),
    /** Mean cross-entropy of a classifier, lower is better. */
    LOG_LOSS(Validation.LOSS, false),
    /** Area under the ROC curve of a classifier; for more than two classes the mean of each against the rest. */
    AUC(Validation.AUC, true),
    /** Root mean squared error of a regression, lower is better. */
    RMSE(Validation.RMSE, false),
    /** No metric: the last epoch, where there are too few validation samples for a choice. The loss is reported. */
    LAST_EPOCH(Validation.LOSS, false);

    private final String metric;
    private final boolean higher;

    SelectBy(String metric, boolean higher) {
        this.metric = metric;
        this.higher = higher;
    }

    /** The metric's name among those of a {@link Validation}. */
    public String metric() {
        return metric;
    }

    /** Whether metrics are better than those of an earlier epoch; the loss decides ties, and no number is worse than any. */
    boolean isBetter(Map<String, Double> a, Map<String, Double> b) {
        if (this == LAST_EPOCH) {
            return true;
        }
        double first = worth(a);
        double second = worth(b);
        return first > second || first == second && a.get(Validation.LOSS) < b.get(Validation.LOSS);
    }

    private double worth(Map<String, Double> metrics) {
        double value = metrics.get(metric);
        return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : higher ? value : -value;
    }
}
