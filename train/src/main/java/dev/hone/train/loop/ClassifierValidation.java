package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.model.ClassScores;
import dev.hone.model.metric.Confusion;
import dev.hone.model.metric.Evaluation;
import dev.hone.runtime.SessionOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** See {@link Validation#classification}. */
record ClassifierValidation(BatchSource source, List<String> labels, SelectBy selectBy) implements Validation {
    ClassifierValidation {
        labels = List.copyOf(labels);
        if (selectBy == SelectBy.RMSE) {
            throw new HoneException("a classifier has no " + selectBy.metric()
                    + "; select the best epoch by macro F1, ROC AUC or the loss");
        }
    }

    @Override
    public Map<String, Double> measure(Model model, SessionOptions options) {
        Evaluation evaluation = Evaluator.evaluate(model, source, labels, options);
        Confusion confusion = evaluation.confusion();
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(LOSS, evaluation.logLoss());
        metrics.put(ACCURACY, confusion.accuracy());
        metrics.put(MACRO_F1, confusion.macroF1());
        metrics.put(AUC, evaluation.rocAuc());
        return metrics;
    }

    @Override
    public double seconds(Model model, SessionOptions options, double atMost) {
        return Evaluator.seconds(
                model, options, source, ClassScores.byNames(model.graph()).output(), atMost);
    }

    @Override
    public String metric() {
        return selectBy.metric();
    }

    @Override
    public boolean isBetter(Map<String, Double> first, Map<String, Double> second) {
        return selectBy.isBetter(first, second);
    }

    @Override
    public String describe() {
        return (selectBy == SelectBy.LAST_EPOCH ? "last epoch" : selectBy.metric()) + " of classes " + labels;
    }
}
