package dev.hone.cli;

import dev.hone.jobs.explain.QualityMetric;
import dev.hone.jobs.explain.QualityResult;
import dev.hone.jobs.explain.QualityTable;
import dev.hone.jobs.explain.QualityTable.Figure;
import java.util.ArrayList;
import java.util.List;

/** The quality of explanations as tables of text. */
final class QualityText {
    private QualityText() {}

    static String of(QualityResult result) {
        QualityTable table = result.table();
        StringBuilder text = new StringBuilder(LineFormat.format(
                "%s on %d test images of %s%s; mean ± standard deviation over images%n%n",
                result.model(),
                result.images(),
                result.data(),
                result.contrast() == null ? "" : ", rather than '" + result.contrast() + "'"));
        text.append(of(table)).append('\n');
        table.grids()
                .forEach((method, grid) -> text.append(LineFormat.format(
                        "%s: grid with a pitch of %d pixels: %.1f %% of the attribution on %.1f %% of the area%n",
                        method, grid.pitch(), 100 * grid.share(), 100 * grid.area())));
        table.borders()
                .forEach((method, border) -> text.append(LineFormat.format(
                        "%s: border of %d pixels: %.1f %% of the attribution on %.1f %% of the area%n",
                        method, border.pixels(), 100 * border.share(), 100 * border.area())));
        table.zeros()
                .forEach((method, count) -> text.append(LineFormat.format(
                        "%s: %d of %d maps are zero; only their infidelity counts, as they have no largest value and "
                                + "no order%n",
                        method, count, result.images())));
        table.metrics()
                .forEach(m ->
                        text.append(m.label()).append(": ").append(m.meaning()).append('\n'));
        return text.append("agreement: rank correlation of the maps of two methods\n")
                .toString();
    }

    /** A row for each metric, a column for each method; then agreement, pointing game and energy by class. */
    static String of(QualityTable table) {
        TextTable all = new TextTable();
        List<Object> head = new ArrayList<>(List.of(""));
        head.addAll(table.methods());
        head.add("images");
        all.row(head.toArray());
        for (QualityMetric metric : table.metrics()) {
            List<Object> row = new ArrayList<>(List.of(metric.label()));
            int images = 0;
            for (String method : table.methods()) {
                Figure figure = table.figure(method, metric, null);
                row.add(text(figure));
                images = Math.max(images, figure == null ? 0 : figure.images());
            }
            row.add(images);
            all.row(row.toArray());
        }
        StringBuilder text = new StringBuilder(all.toString()).append('\n').append(agreement(table));
        if (!table.labels().isEmpty()) {
            for (QualityMetric metric : List.of(QualityMetric.POINTING, QualityMetric.ENERGY)) {
                text.append('\n').append(byClass(table, metric));
            }
        }
        return text.toString();
    }

    private static String text(Figure figure) {
        return figure == null ? "-" : LineFormat.format("%.3f ± %.3f", figure.mean(), figure.deviation());
    }

    private static TextTable byClass(QualityTable table, QualityMetric metric) {
        TextTable text = new TextTable();
        List<Object> head = new ArrayList<>(List.of(metric.label()));
        head.addAll(table.methods());
        head.add("images");
        head.add("area of mask");
        text.row(head.toArray());
        for (String label : table.labels()) {
            List<Object> row = new ArrayList<>(List.of(label));
            table.methods().forEach(method -> row.add(text(table.figure(method, metric, label))));
            row.add(table.area(label).images());
            row.add(text(table.area(label)));
            text.row(row.toArray());
        }
        return text;
    }

    private static TextTable agreement(QualityTable table) {
        TextTable text = new TextTable();
        List<Object> head = new ArrayList<>(List.of("agreement"));
        head.addAll(table.methods());
        text.row(head.toArray());
        for (String method : table.methods()) {
            List<Object> row = new ArrayList<>(List.of(method));
            table.methods().forEach(other -> row.add(text(table.agreement(method, other))));
            text.row(row.toArray());
        }
        return text;
    }
}
