package dev.hone.explain.quality;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * How far an attribution is from predicting what happens to the score when the input is perturbed (Yeh et al. 2019, "On
 * the (In)fidelity and Sensitivity of Explanations").
 *
 * @param raw {@code mean over perturbations of (predicted - change of the score)^2}, in squared units of the score; 0 for
 *     an exact attribution of a linear model
 * @param scaled the same for the attribution times the factor that makes it least, as some methods have no unit:
 *     Captum's {@code infidelity(normalize=True)}
 * @param unexplained {@code scaled} as a share of the mean squared change: 0 where the attribution explains every change, 1
 *     where it explains none; NaN where no perturbation changes the score
 */
public record Infidelity(double raw, double scaled, double unexplained) {

    /**
     * For attributions that are rates of change, such as gradients: predicts {@code I . attribution} for
     * {@code f(x) - f(x - I)}.
     *
     * @param perturbations each an I, of the input's size
     */
    public static Infidelity of(
            ToDoubleFunction<float[]> score, float[] input, float[] attribution, float[][] perturbations) {
        double[] predicted = new double[perturbations.length];
        double[] changes = new double[perturbations.length];
        double whole = score.applyAsDouble(input);
        for (int p = 0; p < perturbations.length; p++) {
            float[] moved = input.clone();
            for (int i = 0; i < moved.length; i++) {
                predicted[p] += perturbations[p][i] * attribution[i];
                moved[i] -= perturbations[p][i];
            }
            changes[p] = whole - score.applyAsDouble(moved);
        }
        return of(predicted, changes);
    }

    /**
     * For attributions that are shares of a score, such as GradientSHAP's: squares of an image are replaced by a
     * reference (the paper's "square removal"), and a square's attributions are to sum to what the score loses. Sides
     * are sampled from 1/8 to 1/2 of the shorter side of the image.
     *
     * @param input [C,H,W]
     * @param reference what stands for absence, [C,H,W]
     * @param attribution [C,H,W]
     * @param count of squares
     */
    public static Infidelity ofSquares(
            ToDoubleFunction<float[]> score,
            float[] input,
            float[] reference,
            float[] attribution,
            int height,
            int width,
            int count,
            long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int shorter = Math.min(height, width);
        double[] predicted = new double[count];
        double[] changes = new double[count];
        double whole = score.applyAsDouble(input);
        for (int p = 0; p < count; p++) {
            int side = Math.max(1, random.nextInt(shorter / 8, shorter / 2 + 1));
            int top = random.nextInt(height - side + 1);
            int left = random.nextInt(width - side + 1);
            float[] without = input.clone();
            for (int plane = 0; plane < input.length; plane += height * width) {
                for (int y = top; y < top + side; y++) {
                    for (int i = plane + y * width + left, end = i + side; i < end; i++) {
                        predicted[p] += attribution[i];
                        without[i] = reference[i];
                    }
                }
            }
            changes[p] = whole - score.applyAsDouble(without);
        }
        return of(predicted, changes);
    }

    private static Infidelity of(double[] predicted, double[] changes) {
        double squares = 0;
        double products = 0;
        double ofChanges = 0;
        double raw = 0;
        for (int p = 0; p < predicted.length; p++) {
            squares += predicted[p] * predicted[p];
            products += predicted[p] * changes[p];
            ofChanges += changes[p] * changes[p];
            raw += (predicted[p] - changes[p]) * (predicted[p] - changes[p]);
        }
        double scaled = Math.max(0, ofChanges - (squares == 0 ? 0 : products * products / squares));
        return new Infidelity(
                raw / predicted.length, scaled / predicted.length, ofChanges == 0 ? Double.NaN : scaled / ofChanges);
    }
}
