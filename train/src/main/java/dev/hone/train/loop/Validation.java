package dev.hone.train.loop;

import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.runtime.SessionOptions;
import java.util.List;
import java.util.Map;

/** How a model is measured on validation data while it is trained, and which of two measurements is better. */
public interface Validation {
    /** The metric that every validation has: mean cross-entropy or mean squared error; not finite if training diverged. */
    String LOSS = "loss";

    String ACCURACY = "accuracy";
    String MACRO_F1 = "macro F1";
    String AUC = "ROC AUC";
    String RMSE = "RMSE";

    /** Metrics of a model as it would be deployed, by name; {@link #LOSS} and {@link #metric} among them. */
    Map<String, Double> measure(Model model, SessionOptions options);

    /**
     * The seconds that a measurement takes, estimated.
     *
     * @param atMost seconds for the estimate, about
     */
    double seconds(Model model, SessionOptions options, double atMost);

    /** The metric that chooses the best epoch. */
    String metric();

    /** Whether the first metrics are better than the second. */
    boolean isBetter(Map<String, Double> first, Map<String, Double> second);

    /** One line for checkpoints: what is measured and how the best epoch is chosen. */
    String describe();

    /**
     * Loss, accuracy, macro F1 and ROC AUC of a classifier whose first output is logits [N,K], or that has an output
     * {@code probabilities}.
     *
     * @param labels class names, in the order of the logits
     * @throws dev.hone.core.HoneException if selected by a metric that a classifier has not
     */
    static Validation classification(BatchSource source, List<String> labels, SelectBy selectBy) {
        return new ClassifierValidation(source, labels, selectBy);
    }

    /** The same, selected by macro F1. */
    static Validation classification(BatchSource source, List<String> labels) {
        return classification(source, labels, SelectBy.MACRO_F1);
    }

    /** Mean squared error and its root, over all elements of the first output, against the batches' targets. */
    static Validation regression(BatchSource source) {
        return new RegressionValidation(source);
    }
}
