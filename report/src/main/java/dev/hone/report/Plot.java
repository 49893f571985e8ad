package dev.hone.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A plot of lines, steps and points as SVG. Series differ in color (Okabe and Ito, distinguishable with any of the common kinds
 * of color blindness) and in their dashes, so that they can be told apart in a gray print too.
 */
final class Plot {
    private static final int WIDTH = 510;
    private static final int HEIGHT = 300;
    private static final int LEFT = 62;
    private static final int RIGHT = 28;
    private static final int TOP = 34;
    private static final int BOTTOM = 50;
    private static final int LEGEND = 20;
    private static final int MOST_POINTS = 600;

    private static final String[] COLORS = {"#0072b2", "#d55e00", "#009e73", "#a8507f", "#8a6400", "#222222"};
    private static final String[] DASHES = {"", "7 3", "2 3", "9 3 2 3", "12 4", "4 2"};

    private final String title;
    private final Axis x;
    private final Axis y;
    private final List<Series> series = new ArrayList<>();

    /**
     * One axis.
     *
     * @param low smallest value shown
     * @param high largest value shown
     * @param percent whether values are shares, 0 to 1, to be shown as percentages
     */
    record Axis(String name, double low, double high, boolean percent) {
        static Axis share(String name) {
            return new Axis(name, 0, 1, true);
        }

        /** Around values; NaN is left out. */
        static Axis around(String name, boolean fromZero, DoubleStream values) {
            double[] known = values.filter(Double::isFinite).toArray();
            double low = fromZero ? 0 : DoubleStream.of(known).min().orElse(0);
            double high = DoubleStream.of(known).max().orElse(1);
            return new Axis(name, low, high > low ? high : low + 1, false);
        }

        private List<Double> ticks() {
            double raw = (high - low) / 5;
            double power = Math.pow(10, Math.floor(Math.log10(raw)));
            double step = power * (raw / power <= 1 ? 1 : raw / power <= 2 ? 2 : raw / power <= 5 ? 5 : 10);
            List<Double> ticks = new ArrayList<>();
            for (long k = (long) Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
                ticks.add(k * step);
            }
            return ticks;
        }

        private String text(double tick) {
            return percent
                    ? String.format(Locale.ROOT, "%.3g %%", 100 * tick).replaceFirst("\\.0+ %", " %")
                    : Svg.number(tick);
        }
    }

    private enum Kind {
        LINE,
        POINT,
        VERTICAL,
        REFERENCE,
        WHISKERS
    }

    /** @param low of whiskers, else empty */
    private record Series(Kind kind, String name, double[] x, double[] y, double[] low, double[] high, int color) {}

    Plot(String title, Axis x, Axis y) {
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /** Points connected by a line; those that are NaN are left out. */
    Plot line(String name, double[] xs, double[] ys) {
        return add(Kind.LINE, name, xs, ys, lines());
    }

    /** A line that keeps its y until the next x. */
    Plot steps(String name, double[] xs, double[] ys) {
        double[] allX = new double[Math.max(0, 2 * xs.length - 1)];
        double[] allY = new double[allX.length];
        for (int i = 0; i < allX.length; i++) {
            allX[i] = xs[(i + 1) / 2];
            allY[i] = ys[i / 2];
        }
        return line(name, allX, allY);
    }

    /** A marked point, in the color of the last line. */
    Plot point(String name, double px, double py) {
        return add(Kind.POINT, name, new double[] {px}, new double[] {py}, Math.max(0, lines() - 1));
    }

    /** A vertical line through all of the plot. */
    Plot vertical(String name, double at) {
        return add(Kind.VERTICAL, name, new double[] {at}, new double[] {0}, COLORS.length - 1);
    }

    /** A thin gray line to compare with. */
    Plot reference(String name, double[] xs, double[] ys) {
        return add(Kind.REFERENCE, name, xs, ys, 0);
    }

    /** Points with their intervals, in the color of the next line. */
    Plot whiskers(String name, double[] xs, double[] ys, double[] low, double[] high) {
        series.add(new Series(Kind.WHISKERS, name, xs, ys, low, high, lines()));
        return this;
    }

    private Plot add(Kind kind, String name, double[] xs, double[] ys, int color) {
        series.add(new Series(kind, name, xs, ys, new double[0], new double[0], color));
        return this;
    }

    private int lines() {
        return (int) series.stream().filter(s -> s.kind == Kind.LINE).count();
    }

    String svg() {
        Svg svg = new Svg();
        svg.title(LEFT, 20, title);
        axes(svg);
        for (Series s : series) {
            draw(svg, s);
        }
        return svg.document(WIDTH, legend(svg));
    }

    private void axes(Svg svg) {
        for (double tick : x.ticks()) {
            svg.line(px(tick), TOP, px(tick), HEIGHT - BOTTOM, Svg.GRID);
            svg.small(px(tick), HEIGHT - BOTTOM + 16, "middle", x.text(tick));
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, py(tick), WIDTH - RIGHT, py(tick), Svg.GRID);
            svg.small(LEFT - 6, py(tick) + 4, "end", y.text(tick));
        }
        svg.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, Svg.GRAY);
        svg.line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, Svg.GRAY);
        svg.small((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", x.name);
        svg.upright(14, (TOP + HEIGHT - BOTTOM) / 2.0, y.name);
    }

    private void draw(Svg svg, Series s) {
        String color = color(s);
        switch (s.kind) {
            case LINE, REFERENCE -> polyline(svg, s, color);
            case POINT -> svg.marker(px(s.x[0]), py(s.y[0]), color);
            case VERTICAL ->
                svg.stroked(
                        List.of(new double[] {px(s.x[0]), TOP}, new double[] {px(s.x[0]), HEIGHT - BOTTOM}),
                        color,
                        1.5,
                        "5 3");
            case WHISKERS -> {
                for (int i = 0; i < s.x.length; i++) {
                    svg.stroked(
                            List.of(new double[] {px(s.x[i]), py(s.low[i])}, new double[] {px(s.x[i]), py(s.high[i])}),
                            color,
                            1.2,
                            "");
                    svg.marker(px(s.x[i]), py(s.y[i]), color);
                }
            }
        }
    }

    private void polyline(Svg svg, Series s, String color) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < s.x.length; i++) {
            if (Double.isFinite(s.x[i]) && Double.isFinite(s.y[i])) {
                points.add(new double[] {px(s.x[i]), py(s.y[i])});
            }
        }
        boolean reference = s.kind == Kind.REFERENCE;
        if (points.size() == 1) {
            svg.marker(points.get(0)[0], points.get(0)[1], color);
        } else {
            svg.clipped(
                    LEFT,
                    TOP,
                    WIDTH - RIGHT - LEFT,
                    HEIGHT - BOTTOM - TOP,
                    thinned(points),
                    color,
                    reference ? 1 : 2,
                    reference ? "3 3" : dashes(s));
        }
    }

    /** Points that are less than half a pixel from the last one that is drawn do not show. */
    private static List<double[]> thinned(List<double[]> points) {
        if (points.size() <= MOST_POINTS) {
            return points;
        }
        List<double[]> kept = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            double[] last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
            double[] point = points.get(i);
            if (last == null
                    || i == points.size() - 1
                    || Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) >= 0.5) {
                kept.add(point);
            }
        }
        return kept;
    }

    /** Returns the height of the whole. */
    private double legend(Svg svg) {
        double at = LEFT;
        double line = HEIGHT + 8;
        boolean any = false;
        for (Series s : series) {
            if (s.name.isEmpty()) {
                continue;
            }
            double width = 40 + Svg.width(s.name) * 0.92;
            if (any && at + width > WIDTH - 4) {
                at = LEFT;
                line += LEGEND;
            }
            any = true;
            switch (s.kind) {
                case LINE -> svg.stroked(sample(at, line), color(s), 2, dashes(s));
                case REFERENCE -> svg.stroked(sample(at, line), color(s), 1, "3 3");
                case VERTICAL -> svg.stroked(sample(at, line), color(s), 1.5, "5 3");
                case POINT, WHISKERS -> svg.marker(at + 12, line - 4, color(s));
            }
            svg.small(at + 30, line, "start", s.name);
            at += width + 8;
        }
        return any ? line + 10 : HEIGHT;
    }

    private static List<double[]> sample(double at, double line) {
        return List.of(new double[] {at, line - 4}, new double[] {at + 24, line - 4});
    }

    private static String color(Series s) {
        return s.kind == Kind.REFERENCE ? Svg.GRAY : COLORS[s.color % COLORS.length];
    }

    private static String dashes(Series s) {
        return DASHES[s.color % DASHES.length];
    }

    private double px(double value) {
        return LEFT + (WIDTH - RIGHT - LEFT) * share(x, value);
    }

    private double py(double value) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share(y, value);
    }

    private static double share(Axis axis, double value) {
        return (value - axis.low) / (axis.high - axis.low);
    }
}
