package dev.hone.report;

import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.Session;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A measured quantization plan as a page: a bar per region in FP32 and in INT8, and what was chosen. */
public final class PlanPage {
    private static final int WIDTH = 1050;
    private static final int LABEL = 330;
    private static final int NOTE = 250;
    private static final int ROW = 34;

    private static final int LONGEST = 44;

    private PlanPage() {}

    /** Latency of a whole model. */
    public record Latency(String name, double milliseconds) {}

    /**
     * A region of the network; milliseconds, NaN where they were not measured.
     *
     * @param chosen what computes in INT8
     */
    public record Row(String name, double fp32, double int8, String chosen, double chosenMilliseconds, String why) {}

    /**
     * A layer moved back to FP32 for accuracy.
     *
     * @param lost points, NaN where that was not measured
     */
    public record Fallback(String layer, double decibels, double lost) {}

    /**
     * @param lead one sentence
     * @param predicted sum of the plan's regions in milliseconds, or NaN
     * @param accuracy one sentence, or null where there was no goal
     */
    public static Report of(
            String model,
            String lead,
            List<Latency> measured,
            double predicted,
            List<Row> regions,
            String accuracy,
            List<Fallback> fallback,
            int threads) {
        List<Tile> tiles = new ArrayList<>();
        for (Latency whole : measured) {
            tiles.add(new Tile(whole.name(), ms(whole.milliseconds())));
        }
        if (Double.isFinite(predicted)) {
            tiles.add(new Tile("sum of the plan's regions", ms(predicted)));
        }
        List<Section> sections = new ArrayList<>();
        if (!regions.isEmpty()) {
            sections.add(new Section(
                    "Regions",
                    "Each region was timed alone, with the conversions at its borders. Blue: INT8. Gray: FP32. Green: a "
                            + "mixture. The marked bar was chosen.",
                    List.of(),
                    List.of(Figure.ofSvg(bars(regions), "", "Bars of the latencies; the table below has the numbers.")),
                    null));
            sections.add(new Section("Latency", "Milliseconds of one run.", List.of(table(regions)), List.of(), null));
        }
        if (accuracy != null) {
            sections.add(accuracy(accuracy, fallback));
        }
        return new Report(
                "Quantization plan of " + model,
                capitalized(lead) + ".",
                tiles,
                sections,
                "Measured on " + Cpu.here().describe() + ", " + threads + " threads, one sample, ONNX Runtime "
                        + Session.runtimeVersion() + ", " + LocalDate.now());
    }

    private static Section accuracy(String summary, List<Fallback> fallback) {
        List<List<Cell>> rows = new ArrayList<>();
        for (Fallback layer : fallback) {
            rows.add(List.of(
                    Cell.of(layer.layer()),
                    Cell.of(String.format(Locale.ROOT, "%.1f", layer.decibels())),
                    Cell.of(Double.isNaN(layer.lost()) ? "-" : String.format(Locale.ROOT, "%.2f", layer.lost()))));
        }
        List<Table> tables = rows.isEmpty()
                ? List.of()
                : List.of(new Table(
                        null, List.of("kept in FP32", "SNR alone in INT8, dB", "points lost alone in INT8"), rows));
        return new Section("Accuracy", capitalized(summary) + ".", tables, List.of(), null);
    }

    private static Table table(List<Row> regions) {
        List<List<Cell>> rows = new ArrayList<>();
        for (Row region : regions) {
            rows.add(List.of(
                    Cell.of(shortened(last(region.name()))),
                    Cell.of(milliseconds(region.fp32())),
                    Cell.of(milliseconds(region.int8())),
                    Cell.of(milliseconds(region.chosenMilliseconds())),
                    Cell.of(region.chosen()),
                    Cell.of(region.why())));
        }
        return new Table(null, List.of("up to", "FP32", "INT8", "chosen", "what", "why"), rows);
    }

    private static String last(String region) {
        return region.substring(region.lastIndexOf(' ') + 1);
    }

    private static String shortened(String name) {
        return name.length() > LONGEST ? "..." + name.substring(name.length() - LONGEST + 3) : name;
    }

    private static String milliseconds(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "-";
    }

    private static String bars(List<Row> regions) {
        double most = regions.stream()
                .mapToDouble(r -> Math.max(nan(r.fp32()), Math.max(nan(r.int8()), nan(r.chosenMilliseconds()))))
                .filter(milliseconds -> milliseconds > 0)
                .max()
                .orElse(1);
        double scale = (WIDTH - LABEL - NOTE) / most;
        StringBuilder svg = new StringBuilder();
        int height = ROW * regions.size() + 10;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + WIDTH + "\" height=\"" + height
                + "\" viewBox=\"0 0 " + WIDTH + " " + height
                + "\" font-family=\"system-ui, sans-serif\" font-size=\"12\">");
        for (int i = 0; i < regions.size(); i++) {
            Row region = regions.get(i);
            int y = ROW * i + 5;
            String chosen = region.chosen();
            boolean isFp32 = chosen.equals("FP32");
            boolean isInt8 = chosen.equals("INT8");
            text(svg, LABEL - 10, y + 17, "end", "#1b2430", shortened(last(region.name())));
            bar(svg, y, nan(region.fp32()) * scale, "#9aa5b4", isFp32);
            bar(svg, y + 9, nan(region.int8()) * scale, "#1f6feb", isInt8);
            double end = Math.max(nan(region.fp32()), nan(region.int8())) * scale;
            if (!isFp32 && !isInt8) {
                bar(svg, y + 18, region.chosenMilliseconds() * scale, "#0b8a6a", true);
                end = Math.max(end, region.chosenMilliseconds() * scale);
            }
            text(
                    svg,
                    LABEL + (int) end + 10,
                    y + 17,
                    "start",
                    "#5b6675",
                    milliseconds(region.chosenMilliseconds()) + " ms, " + region.chosen());
        }
        return svg.append("</svg>").toString();
    }

    private static void bar(StringBuilder svg, int y, double width, String color, boolean chosen) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"8\" fill=\"%s\" fill-opacity=\"%s\"/>",
                LABEL,
                y,
                Math.max(1, width),
                color,
                chosen ? "1" : "0.45"));
        if (chosen) {
            svg.append(String.format(
                    Locale.ROOT, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" fill=\"%s\"/>", LABEL - 5, y + 4, color));
        }
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String color, String text) {
        svg.append("<text x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\" fill=\"" + color + "\">")
                .append(text.replace("&", "&amp;").replace("<", "&lt;"))
                .append("</text>");
    }

    private static double nan(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    private static String ms(double value) {
        return String.format(Locale.ROOT, "%.2f ms", value);
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
