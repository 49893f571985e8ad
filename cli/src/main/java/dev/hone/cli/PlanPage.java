package dev.hone.cli;

import dev.hone.compress.quantize.AccuracyGuard;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.PlanReport.Region;
import dev.hone.compress.quantize.PlanReport.Whole;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.compress.quantize.Sensitivity;
import dev.hone.report.Report;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.Session;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A measured plan as a page: a bar per region in float and in integers, and what was chosen. */
final class PlanPage {
    private static final int WIDTH = 1050;
    private static final int LABEL = 330;
    private static final int NOTE = 250;
    private static final int ROW = 34;

    private PlanPage() {}

    /**
     * @param guarded what was returned to float for accuracy, or null where that was not asked for
     * @param written the model that was taken at last
     */
    static Report of(
            Path model, PlanReport plan, AccuracyGuard.Guarded guarded, QuantizationResult written, int threads) {
        List<Tile> tiles = new ArrayList<>();
        for (Whole whole : plan.measured()) {
            tiles.add(new Tile(whole.name(), ms(whole.milliseconds())));
        }
        if (Double.isFinite(plan.predicted())) {
            tiles.add(new Tile("sum of the plan's regions", ms(plan.predicted())));
        }
        List<Section> sections = new ArrayList<>();
        if (!plan.regions().isEmpty()) {
            sections.add(new Section(
                    "Regions",
                    "Each region was timed alone, conversions and changes of layout at its borders included; neighbours "
                            + "that stay in one form save some of that. Blue: integers. Grey: float. "
                            + "The bar with the mark was chosen; a third one where a mixture was.",
                    List.of(),
                    List.of(Figure.ofSvg(bars(plan.regions()), "")),
                    null));
            sections.add(new Section("In figures", "Milliseconds of one run.", List.of(table(plan)), List.of(), null));
        }
        String verdict = capitalized(plan.verdict()) + ".";
        if (guarded != null) {
            sections.add(accuracy(guarded));
            if (written.origin() == null && !guarded.returned().isEmpty()) {
                verdict = capitalized(written.model().metadata().get(Quantizer.METADATA_KEY)) + ".";
            }
        }
        return new Report(
                "Where " + model.getFileName() + " gains by integers",
                verdict,
                tiles,
                sections,
                "Measured on " + Cpu.here().describe() + ", " + threads + " threads, one image, ONNX Runtime "
                        + Session.runtimeVersion() + ", " + LocalDate.now());
    }

    private static Section accuracy(AccuracyGuard.Guarded guarded) {
        List<List<Cell>> rows = new ArrayList<>();
        for (Sensitivity layer : guarded.returned()) {
            rows.add(List.of(
                    Cell.of(layer.layer()),
                    Cell.of(String.format(Locale.ROOT, "%.1f", layer.decibels())),
                    Cell.of(Double.isNaN(layer.lost()) ? "-" : String.format(Locale.ROOT, "%.2f", layer.lost()))));
        }
        List<Table> tables = rows.isEmpty()
                ? List.of()
                : List.of(new Table(
                        null,
                        List.of("returned to float", "signal to noise, dB", "points lost, alone in integers"),
                        rows));
        return new Section("Accuracy", capitalized(guarded.verdict()) + ".", tables, List.of(), null);
    }

    private static Table table(PlanReport plan) {
        List<List<Cell>> rows = new ArrayList<>();
        for (Region region : plan.regions()) {
            rows.add(List.of(
                    Cell.of(PlanText.shortened(PlanText.last(region.name()))),
                    Cell.of(PlanText.milliseconds(region.floats())),
                    Cell.of(PlanText.milliseconds(region.integers())),
                    Cell.of(PlanText.milliseconds(region.chosen().milliseconds())),
                    Cell.of(PlanText.choice(region)),
                    Cell.of(region.why())));
        }
        return new Table(null, List.of("up to", "float", "integers", "chosen", "what", "why"), rows);
    }

    private static String bars(List<Region> regions) {
        double most = regions.stream()
                .mapToDouble(r -> Math.max(
                        nan(r.floats()),
                        Math.max(nan(r.integers()), nan(r.chosen().milliseconds()))))
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
            Region region = regions.get(i);
            int y = ROW * i + 5;
            String chosen = region.chosen().name();
            boolean isFloat = chosen.equals("float");
            boolean isIntegers = chosen.equals("integers");
            text(svg, LABEL - 10, y + 17, "end", "#1b2430", PlanText.shortened(PlanText.last(region.name())));
            bar(svg, y, nan(region.floats()) * scale, "#9aa5b4", isFloat);
            bar(svg, y + 9, nan(region.integers()) * scale, "#1f6feb", isIntegers);
            double end = Math.max(nan(region.floats()), nan(region.integers())) * scale;
            if (!isFloat && !isIntegers) {
                bar(svg, y + 18, region.chosen().milliseconds() * scale, "#0b8a6a", true);
                end = Math.max(end, region.chosen().milliseconds() * scale);
            }
            text(
                    svg,
                    LABEL + (int) end + 10,
                    y + 17,
                    "start",
                    "#5b6675",
                    PlanText.milliseconds(region.chosen().milliseconds()) + " ms, " + PlanText.choice(region));
        }
        return svg.append("</svg>").toString();
    }

    private static void bar(StringBuilder svg, int y, double width, String colour, boolean chosen) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"8\" fill=\"%s\" fill-opacity=\"%s\"/>",
                LABEL,
                y,
                Math.max(1, width),
                colour,
                chosen ? "1" : "0.45"));
        if (chosen) {
            svg.append(String.format(
                    Locale.ROOT, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" fill=\"%s\"/>", LABEL - 5, y + 4, colour));
        }
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String colour, String text) {
        svg.append("<text x=\"" + x + "\" y=\"" + y + "\" text-anchor=\"" + anchor + "\" fill=\"" + colour + "\">")
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
