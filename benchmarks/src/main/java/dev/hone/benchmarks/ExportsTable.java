package dev.hone.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Markdown table of the lines that {@link ExportsCheck} prints: a row for each network, the largest figure of its opsets. */
final class ExportsTable {
    private static final Map<String, String> EXPORTERS = Map.of("script", "TorchScript", "dynamo", "dynamo");

    private static final List<String> OF_EACH = List.of("run", "gradient");

    /** Network, exporter or "", check: what was found in each export. */
    private final Map<String, Map<String, Map<String, List<String>>>> found = new TreeMap<>();

    /** Network, exporter: opsets. */
    private final Map<String, Map<String, TreeSet<Integer>>> opsets = new TreeMap<>();

    private ExportsTable() {}

    /** @param lines a file with the output of {@code benchmarks/run exports} */
    static void print(Path lines) throws IOException {
        ExportsTable table = new ExportsTable();
        Files.readAllLines(lines).stream()
                .filter(line -> line.contains(".onnx  "))
                .forEach(table::add);
        System.out.println(
                "| network | exporter | opsets | run | gradient | static INT8 | dynamic INT8 | INT4 weights | FP16 | BF16 |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        table.found.keySet().forEach(table::print);
    }

    private void add(String line) {
        String[] parts = line.split("  ");
        String[] name =
                parts[0].substring(0, parts[0].length() - ".onnx".length()).split("-");
        opsets.computeIfAbsent(name[0], n -> new TreeMap<>())
                .computeIfAbsent(name[1], e -> new TreeSet<>())
                .add(Integer.parseInt(name[2]));
        for (int i = 1; i < parts.length; i++) {
            int space = parts[i].indexOf(' ');
            String check = parts[i].substring(0, space);
            found.computeIfAbsent(name[0], n -> new LinkedHashMap<>())
                    .computeIfAbsent(OF_EACH.contains(check) ? name[1] : "", e -> new LinkedHashMap<>())
                    .computeIfAbsent(check, c -> new ArrayList<>())
                    .add(parts[i].substring(space + 1));
        }
    }

    private void print(String network) {
        List<String> compressed = new ArrayList<>();
        ExportsCheck.METHODS.forEach(method -> compressed.add(figure(network, "", method)));
        String label = network;
        for (Map.Entry<String, TreeSet<Integer>> exporter : opsets.get(network).entrySet()) {
            List<String> cells = new ArrayList<>(List.of(label, EXPORTERS.get(exporter.getKey())));
            cells.add(exporter.getValue().toString().replaceAll("[\\[\\]]", ""));
            OF_EACH.forEach(check -> cells.add(figure(network, exporter.getKey(), check)));
            cells.addAll(compressed);
            System.out.println("| " + String.join(" | ", cells) + " |");
            label = "";
            compressed.replaceAll(figure -> "");
        }
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
        return worst < 0 ? "not run" : String.format(java.util.Locale.ROOT, "%.0e", worst);
    }
}
