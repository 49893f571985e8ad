package dev.hone.report;

import dev.hone.core.Shown;
import java.util.List;
import java.util.Locale;

/** Writes SVG 1.1, with coordinates in pixels from the top left. */
final class Svg {
    /** Distinguishable with any of the common kinds of color blindness (B. Wong, Nature Methods 8:441, 2011). */
    static final String FOR = "#d55e00";

    static final String AGAINST = "#0072b2";
    static final String GRAY = "#777777";
    static final String GRID = "#e4e8ee";
    static final int LINE = 26;
    private static final double CHARACTER = 7.2;

    private final StringBuilder body = new StringBuilder();

    void rectangle(double x, double y, double width, double height, String fill) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n", x, y, width, height, fill);
    }

    void line(double x1, double y1, double x2, double y2, String stroke) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n", x1, y1, x2, y2, stroke);
    }

    void circle(double x, double y, double radius, String fill) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" fill-opacity=\"0.75\"/>%n", x, y, radius, fill);
    }

    /**
     * A line through points.
     *
     * @param dashes lengths of dashes and gaps, "" for none
     */
    void stroked(List<double[]> points, String stroke, double width, String dashes) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            path.append(String.format(Locale.ROOT, path.isEmpty() ? "%.1f,%.1f" : " %.1f,%.1f", point[0], point[1]));
        }
        add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"%s/>%n",
                path, stroke, width, dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
    }

    /** A line through points that is seen within a rectangle only. */
    void clipped(
            double x,
            double y,
            double width,
            double height,
            List<double[]> points,
            String stroke,
            double strokeWidth,
            String dashes) {
        // A nested picture cuts off what is outside of it; an identifier of a clip path would have to differ within a
        // page.
        add(
                "<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" viewBox=\"%.1f %.1f %.1f %.1f\">%n",
                x, y - 1.5, width + 1.5, height + 3, x, y - 1.5, width + 1.5, height + 3);
        stroked(points, stroke, strokeWidth, dashes);
        add("</svg>%n");
    }

    /** A point that stands out, with a white edge. */
    void marker(double x, double y, String fill) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" fill=\"%s\" stroke=\"#ffffff\"/>%n", x, y, fill);
    }

    void title(double x, double y, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" font-weight=\"bold\">%s</text>%n", x, y, escaped(text));
    }

    /** Text of axes and legends. */
    void small(double x, double y, String anchor, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"12\">%s</text>%n", x, y, anchor, escaped(text));
    }

    /** Text that is read from below, its middle at y. */
    void upright(double x, double y, String text) {
        add(
                "<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\" font-size=\"12\">%s</text>%n",
                x, y, escaped(text));
    }

    /** @param anchor start, middle or end: the part of the text at x */
    void text(double x, double y, String anchor, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(text));
    }

    /** Text with a tooltip. */
    void textWithTitle(double x, double y, String anchor, String text, String title) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s<title>%s</title></text>%n",
                x, y, anchor, escaped(text), escaped(title));
    }

    private void add(String format, Object... values) {
        body.append(String.format(Locale.ROOT, format, values));
    }

    String document(double width, double height) {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\""
                        + " font-family=\"sans-serif\" font-size=\"13\" fill=\"#222222\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n%s</svg>%n",
                width,
                height,
                width,
                height,
                body);
    }

    /** Approximate width of a text in pixels. */
    static double width(String text) {
        return text.length() * CHARACTER;
    }

    /** Truncates a text in its middle, since names with a common prefix differ at their ends. */
    static String cut(String text, int most) {
        int end = text.length() - (most - 1) / 2;
        return text.length() <= most ? text : text.substring(0, most / 2) + "…" + text.substring(end);
    }

    /** Formats with four significant digits, without trailing zeros. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        double size = Math.abs(value);
        if (size >= 1e5 || size < 1e-3) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }

    private static String escaped(String text) {
        return Shown.text(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
