package dev.hone.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * SVG plots of attributions by named feature: contributions to one score (waterfall), importance over many rows (bars),
 * contributions of a sequence's steps (steps), and the effect of high and low feature values (beeswarm). The plot types
 * are those of the shap package (S. Lundberg).
 */
public final class FeaturePlots {
    private static final int MOST_FEATURES = 15;
    private static final int MOST_STEPS = 40;
    private static final int PLOT_WIDTH = 460;
    private static final int RIGHT = 90;
    private static final int TOP = 44;
    private static final int LONGEST_LABEL = 36;
    /** Space for a number below an axis. */
    private static final int MARK = 72;

    private FeaturePlots() {}

    /**
     * Waterfall plot of one score, from the expected score over the baselines at the top to the score at the bottom,
     * with one bar per feature, largest first. The remaining features are combined in the last bar.
     *
     * @param name what the score is, such as logit
     * @param labels by feature, such as {@code age = 41}
     * @param attributions by feature; together with {@code expected} they approximately sum to the score
     * @param errorBars half widths of 95 % intervals by feature, shown as whiskers; may contain NaN
     * @param most maximum number of features, 0 for as many as are legible
     */
    public static String waterfall(
            String title,
            String name,
            List<String> labels,
            double[] attributions,
            double[] errorBars,
            double expected,
            double score,
            int most) {
        Integer[] order = byMagnitude(attributions);
        int legible = order.length > MOST_FEATURES ? MOST_FEATURES - 1 : MOST_FEATURES;
        int shown = Math.min(order.length, most > 0 ? most : legible);
        double rest = Arrays.stream(order, shown, order.length)
                .mapToDouble(i -> attributions[i])
                .sum();
        double low = Math.min(expected, score);
        double high = Math.max(expected, score);
        double at = expected;
        for (int k = 0; k < shown; k++) {
            at += attributions[order[k]];
            low = Math.min(low, at - whisker(errorBars[order[k]]));
            high = Math.max(high, at + whisker(errorBars[order[k]]));
        }
        low = Math.min(low, at + rest);
        high = Math.max(high, at + rest);
        Svg svg = new Svg();
        double left = left(labels);
        Axis axis = new Axis(low, high, left);
        svg.text(12, 22, "start", title);
        svg.text(axis.x(expected), TOP + 4, "middle", "expected " + Svg.number(expected));
        double y = TOP + 14;
        at = expected;
        for (int k = 0; k <= shown; k++) {
            if (k == shown && shown == order.length) {
                break;
            }
            double value = k < shown ? attributions[order[k]] : rest;
            String label = k < shown ? labels.get(order[k]) : count(order.length - shown, "other feature");
            double end = at + value;
            svg.textWithTitle(left - 8, y + 17, "end", Svg.cut(label, LONGEST_LABEL), label);
            svg.rectangle(
                    Math.min(axis.x(at), axis.x(end)),
                    y + 3,
                    Math.max(1, Math.abs(axis.x(end) - axis.x(at))),
                    Svg.LINE - 8,
                    value >= 0 ? Svg.FOR : Svg.AGAINST);
            double whisker = k < shown ? whisker(errorBars[order[k]]) : 0;
            if (whisker > 0) {
                svg.line(axis.x(end - whisker), y + 12, axis.x(end + whisker), y + 12, "#222222");
            }
            svg.text(
                    axis.x(Math.max(at, end + whisker)) + 6,
                    y + 17,
                    "start",
                    (value >= 0 ? "+" : "") + Svg.number(value));
            y += Svg.LINE;
            svg.line(axis.x(end), y - 5, axis.x(end), y + 3, Svg.GRAY);
            at = end;
        }
        svg.text(axis.x(score), y + 18, "middle", name + " " + Svg.number(score));
        return svg.document(left + PLOT_WIDTH + RIGHT, y + 34);
    }

    private static int shown(int count, int most, int legible) {
        return Math.min(count, most > 0 ? most : legible);
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String less(int number, String what) {
        return count(number, what) + (number == 1 ? " matters less" : " matter less");
    }

    private static double whisker(double errorBar) {
        return Double.isNaN(errorBar) ? 0 : errorBar;
    }

    /**
     * @param importance by feature, the mean absolute attribution over rows
     * @param most maximum number of features, 0 for as many as are legible
     */
    public static String bars(String title, List<String> features, double[] importance, int most) {
        Integer[] order = byMagnitude(importance);
        int shown = shown(order.length, most, MOST_FEATURES);
        Svg svg = new Svg();
        double left = left(features);
        Axis axis = new Axis(0, importance[order[0]], left);
        svg.text(12, 22, "start", title);
        double y = TOP - 6;
        for (int k = 0; k < shown; k++, y += Svg.LINE) {
            double value = importance[order[k]];
            String label = features.get(order[k]);
            svg.textWithTitle(left - 8, y + 17, "end", Svg.cut(label, LONGEST_LABEL), label);
            svg.rectangle(left, y + 3, Math.max(1, axis.x(value) - left), Svg.LINE - 8, Svg.AGAINST);
            svg.text(axis.x(value) + 6, y + 17, "start", Svg.number(value));
        }
        if (shown < order.length) {
            svg.text(left, y + 17, "start", less(order.length - shown, "feature"));
        }
        return svg.document(left + PLOT_WIDTH + RIGHT, y + 30);
    }

    /**
     * Bar plot of the attributions of a sequence, step by step in order; a long sequence shows the steps with the
     * largest attributions.
     *
     * @param labels by step, such as a token
     * @param errorBars half widths of 95 % intervals by step, shown as whiskers; may contain NaN
     * @param most maximum number of steps, 0 for as many as are legible
     */
    public static String steps(String title, List<String> labels, double[] attributions, double[] errorBars, int most) {
        int shown = shown(labels.size(), most, MOST_STEPS);
        int[] steps = Arrays.stream(byMagnitude(attributions), 0, shown)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        double low = 0;
        double high = 0;
        for (int step : steps) {
            low = Math.min(low, attributions[step] - whisker(errorBars[step]));
            high = Math.max(high, attributions[step] + whisker(errorBars[step]));
        }
        Svg svg = new Svg();
        double left = left(labels);
        Axis axis = new Axis(low, high, left);
        svg.text(12, 22, "start", title);
        double y = TOP - 6;
        for (int step : steps) {
            double value = attributions[step];
            String label = labels.get(step);
            svg.textWithTitle(left - 8, y + 17, "end", Svg.cut(label, LONGEST_LABEL), label);
            double width = Math.max(1, Math.abs(axis.x(value) - axis.x(0)));
            String color = value >= 0 ? Svg.FOR : Svg.AGAINST;
            svg.rectangle(Math.min(axis.x(0), axis.x(value)), y + 3, width, Svg.LINE - 8, color);
            double whisker = whisker(errorBars[step]);
            if (whisker > 0) {
                svg.line(axis.x(value - whisker), y + 12, axis.x(value + whisker), y + 12, "#222222");
            }
            String number = (value >= 0 ? "+" : "") + Svg.number(value);
            svg.text(axis.x(Math.max(0, value + whisker)) + 6, y + 17, "start", number);
            y += Svg.LINE;
        }
        svg.line(axis.x(0), TOP - 6, axis.x(0), y, Svg.GRAY);
        if (shown < labels.size()) {
            svg.text(left, y + 17, "start", less(labels.size() - shown, "step"));
        }
        return svg.document(left + PLOT_WIDTH + RIGHT, y + 30);
    }

    /**
     * Beeswarm plot: one dot per row and feature. The position is the attribution; the color is the feature value from
     * low (blue) to high (orange), gray if values have no order.
     *
     * @param attributions by row and feature
     * @param values by row and feature; NaN where they have no order
     * @param most maximum number of features, 0 for as many as are legible
     */
    public static String beeswarm(
            String title, List<String> features, double[][] attributions, double[][] values, int most) {
        int count = features.size();
        double[] importance = new double[count];
        double low = 0;
        double high = 0;
        for (double[] row : attributions) {
            for (int i = 0; i < count; i++) {
                importance[i] += Math.abs(row[i]) / attributions.length;
                low = Math.min(low, row[i]);
                high = Math.max(high, row[i]);
            }
        }
        Integer[] order = byMagnitude(importance);
        int shown = shown(count, most, MOST_FEATURES);
        Svg svg = new Svg();
        double left = left(features);
        Axis axis = new Axis(low, high, left);
        svg.text(12, 22, "start", title);
        double top = TOP - 6;
        double bottom = top + shown * Svg.LINE;
        svg.line(axis.x(0), top, axis.x(0), bottom, Svg.GRAY);
        for (int k = 0; k < shown; k++) {
            int feature = order[k];
            String label = features.get(feature);
            svg.textWithTitle(left - 8, top + k * Svg.LINE + 17, "end", Svg.cut(label, LONGEST_LABEL), label);
            swarm(svg, axis, top + (k + 0.5) * Svg.LINE, column(attributions, feature), column(values, feature));
        }
        svg.text(axis.x(low), bottom + 18, "start", Svg.number(low));
        if (high > low) {
            svg.text(axis.x(high), bottom + 18, "end", Svg.number(high));
        }
        if (axis.x(0) - axis.x(low) > MARK && axis.x(high) - axis.x(0) > MARK) {
            svg.text(axis.x(0), bottom + 18, "middle", "0");
        }
        svg.text(left, bottom + 36, "start", "line: 0; color: value of the feature, blue low, orange high");
        if (shown < count) {
            svg.text(left, bottom + 54, "start", less(count - shown, "feature"));
        }
        return svg.document(left + PLOT_WIDTH + RIGHT, bottom + (shown < count ? 66 : 48));
    }

    /** Overlapping dots are moved apart, alternately up and down. */
    private static void swarm(Svg svg, Axis axis, double middle, double[] attributions, double[] values) {
        double low = Arrays.stream(values).filter(v -> !Double.isNaN(v)).min().orElse(0);
        double high = Arrays.stream(values).filter(v -> !Double.isNaN(v)).max().orElse(0);
        int[] inPlace = new int[PLOT_WIDTH / 4 + 2];
        for (int row = 0; row < attributions.length; row++) {
            double x = axis.x(attributions[row]);
            int place = inPlace[(int) ((x - axis.left) / 4)]++;
            int step = Math.min(4, (place + 1) / 2);
            double offset = place % 2 == 0 ? 2 * step : -2 * step;
            String color =
                    Double.isNaN(values[row]) || high == low ? Svg.GRAY : mixed((values[row] - low) / (high - low));
            svg.circle(x, middle + offset, 2.6, color);
        }
    }

    /** Interpolates from the color of low values through gray to that of high values. */
    private static String mixed(double share) {
        int[] from = share < 0.5 ? new int[] {0x00, 0x72, 0xb2} : new int[] {0xcc, 0xcc, 0xcc};
        int[] to = share < 0.5 ? new int[] {0xcc, 0xcc, 0xcc} : new int[] {0xd5, 0x5e, 0x00};
        double part = share < 0.5 ? 2 * share : 2 * share - 1;
        StringBuilder color = new StringBuilder("#");
        for (int c = 0; c < 3; c++) {
            color.append(String.format(Locale.ROOT, "%02x", Math.round(from[c] + part * (to[c] - from[c]))));
        }
        return color.toString();
    }

    private static double[] column(double[][] rows, int feature) {
        return Arrays.stream(rows).mapToDouble(row -> row[feature]).toArray();
    }

    private static double left(List<String> labels) {
        return 24
                + labels.stream()
                        .mapToDouble(label -> Svg.width(Svg.cut(label, LONGEST_LABEL)))
                        .max()
                        .orElse(0);
    }

    private static Integer[] byMagnitude(double[] values) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(values[i])))
                .toArray(Integer[]::new);
    }

    /** Maps numbers to pixels. */
    private static final class Axis {
        private final double low;
        private final double high;
        private final double left;

        Axis(double low, double high, double left) {
            this.low = low;
            this.high = high > low ? high : low + 1;
            this.left = left;
        }

        double x(double value) {
            return left + PLOT_WIDTH * (value - low) / (high - low);
        }
    }
}
