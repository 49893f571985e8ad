package dev.hone.cli;

import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.PlanReport.Region;

/** A measured plan for the terminal. */
final class PlanText {
    private static final int LONGEST = 44;

    private PlanText() {}

    static String table(PlanReport report) {
        StringBuilder text = new StringBuilder();
        if (!report.regions().isEmpty()) {
            TextTable table = new TextTable();
            table.row("region up to", "FP32 ms", "INT8 ms", "chosen ms", "chosen");
            for (Region region : report.regions()) {
                table.row(
                        shortened(last(region.name())),
                        milliseconds(region.fp32()),
                        milliseconds(region.int8()),
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
        if (!report.deviation().isEmpty()) {
            text.append("note: ").append(report.deviation()).append('\n');
        }
        return text.append(report.summary()).append('\n').toString();
    }

    /** What was chosen, cut where it is long. */
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
        return Double.isFinite(value) ? LineFormat.format("%.3f", value) : "-";
    }
}
