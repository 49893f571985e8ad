package dev.hone.jobs.runs;

import dev.hone.core.HoneException;
import dev.hone.jobs.Json;
import dev.hone.report.Charts;
import dev.hone.report.Report;
import dev.hone.report.Report.Cell;
import dev.hone.report.Report.Figure;
import dev.hone.report.Report.Section;
import dev.hone.report.Report.Table;
import dev.hone.report.Report.Tile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Several runs side by side.
 *
 * @param runs two or more
 * @param options those that differ, by name: a text per run, "" where it has no such option
 * @param facts what else differs: data revision, versions, outcome, seconds
 * @param metrics numbers of the results, by name: one per run, NaN where it has none
 */
public record RunComparison(
        List<Run> runs,
        Map<String, List<String>> options,
        Map<String, List<String>> facts,
        Map<String, List<Double>> metrics) {
    /** Options that say where something goes. */
    private static final Set<String> PLACES = Set.of("output", "runs");

    /** Later ones are not drawn. */
    private static final int MOST_EPOCHS = 100_000;

    /** @throws HoneException if there are fewer than two runs */
    public static RunComparison of(List<Run> runs) {
        if (runs.size() < 2) {
            throw new HoneException("there is " + runs.size() + " run to compare; name two or more");
        }
        Map<String, List<String>> options = differing(
                runs,
                run -> run.options().keySet(),
                (run, name) -> text(run.options().get(name)));
        options.keySet().removeAll(PLACES);
        Map<String, List<String>> facts = new LinkedHashMap<>();
        facts.put("job", texts(runs, Run::job));
        facts.put("outcome", texts(runs, run -> run.outcome().text()));
        facts.put("minutes taken", texts(runs, run -> String.format(Locale.ROOT, "%.1f", run.seconds() / 60)));
        facts.putAll(differing(
                runs,
                run -> run.notes().keySet(),
                (run, name) -> text(run.notes().get(name))));
        facts.putAll(differing(
                runs,
                run -> run.versions().keySet(),
                (run, name) -> text(run.versions().get(name))));
        Map<String, List<Double>> metrics = new LinkedHashMap<>();
        for (String name : names(runs, run -> run.metrics().keySet())) {
            metrics.put(
                    name,
                    runs.stream()
                            .map(run -> run.metrics().getOrDefault(name, Double.NaN))
                            .toList());
        }
        return new RunComparison(runs, options, facts, metrics);
    }

    private interface Lookup {
        String of(Run run, String name);
    }

    private static Set<String> names(List<Run> runs, Function<Run, Collection<String>> of) {
        Set<String> names = new LinkedHashSet<>();
        runs.forEach(run -> names.addAll(of.apply(run)));
        return names;
    }

    private static Map<String, List<String>> differing(
            List<Run> runs, Function<Run, Collection<String>> names, Lookup lookup) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String name : names(runs, names)) {
            List<String> values = texts(runs, run -> lookup.of(run, name));
            if (values.stream().distinct().count() > 1) {
                found.put(name, values);
            }
        }
        return found;
    }

    private static List<String> texts(List<Run> runs, Function<Run, String> of) {
        return runs.stream().map(of).toList();
    }

    private static String text(Object value) {
        return value == null
                ? ""
                : value instanceof List<?> list
                        ? String.join(",", list.stream().map(String::valueOf).toList())
                        : value.toString();
    }

    /** For programs. */
    public Map<String, Object> document() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("runs", texts(runs, Run::id));
        map.put("options", options);
        map.put("facts", facts);
        Map<String, Object> rounded = new LinkedHashMap<>();
        metrics.forEach((name, values) ->
                rounded.put(name, values.stream().map(v -> Json.round(v, 6)).toList()));
        map.put("metrics", rounded);
        return map;
    }

    /** A page with the differences, the metrics and the curves over each other. */
    public Report page() {
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(texts(runs, Run::id));
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "Differences",
                options.isEmpty() ? "All options are the same." : "Options that are the same are left out.",
                List.of(table("Options", head, options), table("Runs", head, facts)),
                List.of(),
                null));
        Map<String, List<String>> shown = new LinkedHashMap<>();
        metrics.forEach((name, values) ->
                shown.put(name, values.stream().map(RunComparison::number).toList()));
        sections.add(new Section("Metrics", "", List.of(table("", head, shown)), List.of(), null));
        List<Figure> figures = charts();
        if (!figures.isEmpty()) {
            sections.add(new Section("Curves", "One value per epoch.", List.of(), figures, null));
        }
        List<Tile> tiles = runs.stream()
                .map(run -> new Tile(
                        "macro F1, " + run.id(),
                        Double.isNaN(run.macroF1()) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * run.macroF1())))
                .toList();
        return new Report(
                "Comparison of " + runs.size() + " runs",
                "Models: " + String.join(", ", texts(runs, run -> run.model().toString())) + ".",
                tiles,
                sections,
                "Hone " + dev.hone.core.Version.number());
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? ""
                : value == Math.rint(value) && Math.abs(value) < 1e9
                        ? Long.toString((long) value)
                        : String.format(Locale.ROOT, "%.4g", value);
    }

    private static Table table(String caption, List<String> head, Map<String, List<String>> values) {
        List<List<Cell>> rows = new ArrayList<>();
        values.forEach((name, cells) -> {
            List<Cell> row = new ArrayList<>(List.of(Cell.of(name)));
            cells.forEach(cell -> row.add(Cell.of(cell)));
            rows.add(row);
        });
        return new Table(caption, head, rows);
    }

    private List<Figure> charts() {
        List<Figure> figures = new ArrayList<>();
        for (String name : names(runs, run -> run.curves().keySet())) {
            Map<String, double[]> series = new LinkedHashMap<>();
            for (Run run : runs) {
                List<Run.Value> curve = run.curves().getOrDefault(name, List.of());
                if (!curve.isEmpty()) {
                    series.put(run.id(), overEpochs(curve));
                }
            }
            figures.add(Charts.overEpochs(name, "", series));
        }
        return figures;
    }

    /** A value per epoch, NaN where there is none; of an epoch that was measured twice, the last. */
    private static double[] overEpochs(List<Run.Value> all) {
        List<Run.Value> curve =
                all.stream().filter(v -> v.step() <= MOST_EPOCHS).toList();
        int last = (int) curve.stream().mapToLong(Run.Value::step).max().orElse(0);
        double[] values = new double[Math.max(1, last)];
        Arrays.fill(values, Double.NaN);
        for (Run.Value value : curve) {
            if (value.step() >= 1) {
                values[(int) value.step() - 1] = value.value();
            }
        }
        return values;
    }
}
