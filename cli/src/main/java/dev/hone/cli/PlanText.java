package dev.hone.cli;

import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.PlanReport.Region;
import dev.hone.jobs.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A measured plan for the terminal and for programs. */
final class PlanText {
    private static final int LONGEST = 44;

    private PlanText() {}

    static String table(PlanReport report) {
        StringBuilder text = new StringBuilder();
        if (!report.regions().isEmpty()) {
            TextTable table = new TextTable();
            table.row("region up to", "float ms", "integers ms", "chosen ms", "chosen");
            for (Region region : report.regions()) {
                table.row(
                        shortened(last(region.name())),
                        milliseconds(region.floats()),
                        milliseconds(region.integers()),
                        milliseconds(region.chosen().milliseconds()),
                        choice(region));
            }
            text.append(table).append('\n');
        }
        TextTable wholes = new TextTable();
        for (int i = 0; i < report.measured().size(); i++) {
            PlanReport.Whole whole = report.measured().get(i);
            wholes.row(whole.name(), milliseconds(whole.milliseconds()) + " ms", i == report.chosen() ? "taken" : "");
        }
        text.append(wholes);
        if (Double.isFinite(report.predicted())) {
            text.append("sum of the plan's regions  ")
                    .append(milliseconds(report.predicted()))
                    .append(" ms\n");
        }
        return text.append(report.verdict()).append('\n').toString();
    }

    static Map<String, Object> document(PlanReport report) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("verdict", report.verdict());
        document.put("taken", report.measured().get(report.chosen()).name());
        Map<String, Object> wholes = new LinkedHashMap<>();
        report.measured().forEach(w -> wholes.put(w.name(), Json.round(w.milliseconds(), 4)));
        document.put("milliseconds", wholes);
        document.put("predicted", Json.round(report.predicted(), 4));
        List<Object> regions = new ArrayList<>();
        for (Region region : report.regions()) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("region", region.name());
            map.put("float", Json.round(region.floats(), 4));
            map.put("integers", Json.round(region.integers(), 4));
            map.put("chosen", region.chosen().name());
            map.put("chosenMilliseconds", Json.round(region.chosen().milliseconds(), 4));
            map.put("why", region.why());
            List<Object> choices = new ArrayList<>();
            region.choices()
                    .forEach(c -> choices.add(Map.of(
                            "name", c.name(),
                            "in", c.in().name().toLowerCase(Locale.ROOT),
                            "out", c.out().name().toLowerCase(Locale.ROOT),
                            "milliseconds", Json.round(c.milliseconds(), 4))));
            map.put("choices", choices);
            regions.add(map);
        }
        document.put("regions", regions);
        return document;
    }

    /** What was chosen, and which form goes out of the region. */
    static String choice(Region region) {
        String name = region.chosen().name();
        return name.length() > LONGEST ? name.substring(0, LONGEST - 3) + "..." : name;
    }

    static String last(String region) {
        return region.substring(region.lastIndexOf(' ') + 1);
    }

    static String shortened(String name) {
        return name.length() > LONGEST ? "..." + name.substring(name.length() - LONGEST + 3) : name;
    }

    static String milliseconds(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "-";
    }
}
