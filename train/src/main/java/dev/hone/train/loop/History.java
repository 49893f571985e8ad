package dev.hone.train.loop;

import java.util.ArrayList;
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
     * @param accuracy fraction of training images, augmented as they were, that were told right
     * @param rate learning rate of the last step
     * @param validationLoss mean cross-entropy on the validation images, NaN if they were not looked at
     * @param validationAccuracy NaN if they were not looked at
     * @param validationMacroF1 NaN if they were not looked at
     * @param imagesPerSecond training images, without validation
     */
    public record Epoch(
            int epoch,
            double loss,
            double accuracy,
            double rate,
            double validationLoss,
            double validationAccuracy,
            double validationMacroF1,
            double imagesPerSecond) {

        public boolean validated() {
            return !Double.isNaN(validationMacroF1);
        }
    }

    private final List<Epoch> epochs = new ArrayList<>();

    void add(Epoch epoch) {
        epochs.add(epoch);
    }

    public List<Epoch> epochs() {
        return List.copyOf(epochs);
    }

    /** The epoch with the highest macro F1 on the validation images, the lower loss deciding ties; null if none was. */
    public Epoch best() {
        Epoch best = null;
        for (Epoch e : epochs) {
            if (e.validated() && (best == null || better(e, best))) {
                best = e;
            }
        }
        return best;
    }

    private static boolean better(Epoch a, Epoch b) {
        return a.validationMacroF1 > b.validationMacroF1
                || (a.validationMacroF1 == b.validationMacroF1 && a.validationLoss < b.validationLoss);
    }

    /** One value an epoch, by name, for the model's card. */
    public Map<String, double[]> curves() {
        Map<String, double[]> curves = new LinkedHashMap<>();
        curves.put("training loss", curve(Epoch::loss));
        curves.put("validation loss", curve(Epoch::validationLoss));
        curves.put("training accuracy", curve(Epoch::accuracy));
        curves.put("validation macro F1", curve(Epoch::validationMacroF1));
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
        return epochs.size() + " epochs" + end
                + (best == null
                        ? ""
                        : String.format(
                                java.util.Locale.ROOT,
                                ", best epoch %d with validation macro F1 %.4f",
                                best.epoch,
                                best.validationMacroF1));
    }
}
