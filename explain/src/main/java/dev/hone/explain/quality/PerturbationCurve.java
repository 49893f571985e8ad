package dev.hone.explain.quality;

import java.util.function.ToDoubleFunction;

/**
 * The score of a class while positions of the input are replaced one after the other, those of the largest attribution
 * first (Petsiuk et al. 2018, "RISE").
 *
 * @param scores at equal steps, from nothing replaced to everything replaced
 */
public record PerturbationCurve(double[] scores) {

    /**
     * Takes positions away: a good map makes the score fall early, and the area is small.
     *
     * @param input [C,positions]
     * @param reference what stands for absence, such as the data's mean, [C,positions]
     * @param map [positions]
     * @param steps how often the score is asked for
     */
    public static PerturbationCurve deletion(
            ToDoubleFunction<float[]> score, float[] input, float[] reference, float[] map, int steps) {
        return walk(score, input, reference, map, steps);
    }

    /**
     * Puts positions into a blurred input: a good map makes the score rise early, and the area is large.
     *
     * @param blurred where it starts, [C,positions]
     */
    public static PerturbationCurve insertion(
            ToDoubleFunction<float[]> score, float[] input, float[] blurred, float[] map, int steps) {
        return walk(score, blurred, input, map, steps);
    }

    private static PerturbationCurve walk(
            ToDoubleFunction<float[]> score, float[] from, float[] to, float[] map, int steps) {
        int[] order = RankCorrelation.descending(map);
        float[] now = from.clone();
        double[] scores = new double[steps + 1];
        scores[0] = score.applyAsDouble(now);
        int done = 0;
        for (int step = 1; step <= steps; step++) {
            int until = (int) ((long) order.length * step / steps);
            for (; done < until; done++) {
                for (int i = order[done]; i < now.length; i += order.length) {
                    now[i] = to[i];
                }
            }
            scores[step] = score.applyAsDouble(now);
        }
        return new PerturbationCurve(scores);
    }

    /** Below the curve, over the share of positions replaced, by the trapezoidal rule; in units of the score. */
    public double area() {
        double sum = (scores[0] + scores[scores.length - 1]) / 2;
        for (int i = 1; i < scores.length - 1; i++) {
            sum += scores[i];
        }
        return sum / (scores.length - 1);
    }
}
