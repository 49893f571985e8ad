package dev.hone.jobs.evaluate;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Whether a model had finished learning, by its training curves. */
final class LearningCurve {
    /** A rise of a share by so much in the last third is more than fluctuation. */
    private static final double RISE = 0.02;

    /** A fall of a loss by this share of itself in the last third is. */
    private static final double FALL = 0.08;

    private static final String VALIDATION = "validation ";

    private LearningCurve() {}

    /**
     * Why a model seems unfinished, in a sentence: the best value of the last third of training is clearly above the best one
     * before, or there was one epoch only.
     *
     * @param curves by name, one value per epoch, NaN where it was not measured
     */
    static Optional<String> unfinished(Map<String, double[]> curves) {
        String name = curves.keySet().stream()
                .filter(n -> n.startsWith(VALIDATION) && !n.endsWith("loss"))
                .findFirst()
                .orElse(curves.containsKey("validation loss") ? "validation loss" : "training loss");
        double[] curve = curves.get(name);
        if (curve == null || curve.length == 0) {
            return Optional.empty();
        }
        if (curve.length == 1) {
            return Optional.of("The model was trained for one epoch only.");
        }
        boolean loss = name.endsWith("loss");
        int from = Math.min(curve.length - 1, curve.length * 2 / 3);
        double before = best(curve, 0, from, loss);
        double last = best(curve, from, curve.length, loss);
        boolean improving = loss ? last < (1 - FALL) * before : last > before + RISE;
        if (!improving) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "The model may not have finished learning: in the last %d of %d epochs %s %s from %s to %s. Train it "
                        + "longer.",
                curve.length - from,
                curve.length,
                name,
                loss ? "fell" : "rose",
                text(before, loss),
                text(last, loss)));
    }

    private static String text(double value, boolean loss) {
        return loss ? String.format(Locale.ROOT, "%.3f", value) : String.format(Locale.ROOT, "%.1f %%", 100 * value);
    }

    /** NaN where nothing was measured. */
    private static double best(double[] curve, int from, int to, boolean smallest) {
        double best = Double.NaN;
        for (int i = from; i < to; i++) {
            if (!Double.isNaN(curve[i]) && (Double.isNaN(best) || (smallest ? curve[i] < best : curve[i] > best))) {
                best = curve[i];
            }
        }
        return best;
    }
}
