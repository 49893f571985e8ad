package dev.hone.train.loop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What happened, epoch by epoch. */
public final class History {
    /**
     * One epoch.
     *
     * @param epoch counted from 1
     * @param loss mean training loss
     * @param metrics means of what the objective reports beside the loss over the training data, augmented as they were;
     *     the accuracy of classifiers
     * @param rate learning rate of the last step
     * @param validation metrics on the validation data, empty if there was no validation
     * @param samplesPerSecond training samples, without validation
     */
    public record Epoch(
            int epoch,
            double loss,
            Map<String, Double> metrics,
            double rate,
            Map<String, Double> validation,
            double samplesPerSecond) {
        public Epoch {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
            validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
        }

        public boolean validated() {
            return !validation.isEmpty();
        }

        /** A metric on the validation data, NaN if it was not measured. */
        public double validation(String metric) {
            return validation.getOrDefault(metric, Double.NaN);
        }

        /** The loss on the validation data, NaN if it was not measured. */
        public double validationLoss() {
            return validation(Validation.LOSS);
        }

        /** The accuracy on the validation data, NaN if it was not measured. */
        public double validationAccuracy() {
            return validation(Validation.ACCURACY);
        }

        /** The macro F1 on the validation data, NaN if it was not measured. */
        public double validationMacroF1() {
            return validation(Validation.MACRO_F1);
        }
    }

    private final Validation chooser;
    private final List<Epoch> epochs = new ArrayList<>();

    /** @param chooser of the best epoch, null if there is no validation */
    History(Validation chooser) {
        this.chooser = chooser;
    }

    /** Of a model that was not trained in epochs. */
    public static History none() {
        return new History(null);
    }

    void add(Epoch epoch) {
        epochs.add(epoch);
    }

    public List<Epoch> epochs() {
        return List.copyOf(epochs);
    }

    /** The epoch that is best by the validation's metric, the earlier one of equals; null if there was no validation. */
    public Epoch best() {
        Epoch best = null;
        for (Epoch e : epochs) {
            if (e.validated() && (best == null || chooser.isBetter(e.validation, best.validation))) {
                best = e;
            }
        }
        return best;
    }

    /** One value an epoch, by name, for the model's card. */
    public Map<String, double[]> curves() {
        Map<String, double[]> curves = new LinkedHashMap<>();
        curves.put("training loss", curve(Epoch::loss));
        boolean validated = best() != null;
        if (validated) {
            curves.put("validation loss", curve(Epoch::validationLoss));
        }
        if (!epochs.isEmpty()) {
            for (String name : epochs.get(0).metrics.keySet()) {
                curves.put("training " + name, curve(e -> e.metrics.get(name)));
            }
        }
        if (validated && !chooser.metric().equals(Validation.LOSS)) {
            curves.put("validation " + chooser.metric(), curve(e -> e.validation(chooser.metric())));
        }
        curves.put("rate", curve(Epoch::rate));
        return curves;
    }

    private double[] curve(ToDoubleFunction<Epoch> value) {
        return epochs.stream().mapToDouble(value).toArray();
    }

    /** One line for provenance. */
    public String summary() {
        Epoch best = best();
        String end = epochs.isEmpty()
                ? ""
                : String.format(java.util.Locale.ROOT, ", last loss %.4f", epochs.get(epochs.size() - 1).loss);
        return epochs.size()
                + (epochs.size() == 1 ? " epoch" : " epochs")
                + end
                + (best == null
                        ? ""
                        : String.format(
                                java.util.Locale.ROOT,
                                ", best epoch %d with validation %s %.4f",
                                best.epoch,
                                chooser.metric(),
                                best.validation(chooser.metric())));
    }
}
