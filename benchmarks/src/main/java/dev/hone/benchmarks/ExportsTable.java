package dev.hone.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Markdown table of the lines that {@link ExportsCheck} prints: a row for each network, the largest figure of its exports. */
final class ExportsTable {
    private static final List<String> EXPORTERS = List.of("script", "dynamo");

    private static final List<String> OF_EACH = List.of("run", "gradient");

    /** Network; exporter, or "" where the exporter does not matter; check: what was found in each export. */
    private final Map<String, Map<String, Map<String, List<String>>>> found = new TreeMap<>();

    private final Map<String, Set<String>> exports = new TreeMap<>();

    private ExportsTable() {}

    /** @param lines a file with the output of {@code benchmarks/run exports} */
    static void print(Path lines) throws IOException {
        ExportsTable table = new ExportsTable();
        Files.readAllLines(lines).stream()
                .filter(line -> line.contains(".onnx  "))
                .forEach(table::add);
        System.out.println("| network | exports | TorchScript: run | gradient | dynamo: run | gradient "
                + "| static INT8 | dynamic INT8 | INT4 weights | FP16 | BF16 |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        table.found.keySet().forEach(table::print);
    }

    private void add(String line) {
        String[] parts = line.split("  ");
        String[] name =
                parts[0].substring(0, parts[0].length() - ".onnx".length()).split("-");
        exports.computeIfAbsent(name[0], n -> new TreeSet<>()).add(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            int space = parts[i].indexOf(' ');
            String check = parts[i].substring(0, space);
            found.computeIfAbsent(name[0], n -> new TreeMap<>())
                    .computeIfAbsent(OF_EACH.contains(check) ? name[1] : "", e -> new TreeMap<>())
                    .computeIfAbsent(check, c -> new ArrayList<>())
                    .add(parts[i].substring(space + 1));
        }
    }

    private void print(String network) {
        List<String> cells = new ArrayList<>(
                List.of(network, Integer.toString(exports.get(network).size())));
        EXPORTERS.forEach(exporter -> OF_EACH.forEach(check -> cells.add(figure(network, exporter, check))));
        ExportsCheck.METHODS.forEach(method -> cells.add(figure(network, "", method)));
        System.out.println("| " + String.join(" | ", cells) + " |");
    }

    private String figure(String network, String exporter, String check) {
        List<String> figures =
                found.get(network).getOrDefault(exporter, Map.of()).getOrDefault(check, List.of());
        double worst = -1;
        for (String figure : figures) {
            if (figure.startsWith("FAILS: nothing to ")) {
                return "nothing";
            }
            if (figure.startsWith("FAILS") || figure.equals("NaN")) {
                return figure;
            }
            worst = Math.max(worst, Double.parseDouble(figure));
        }
        return worst < 0 ? "" : String.format(Locale.ROOT, "%.0e", worst);
    }
}
