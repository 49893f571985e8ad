package dev.hone.benchmarks;

import dev.hone.core.HoneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The runs of an ablation that are done, in a CSV, and the table of them. */
final class AblationTable {
    private record Run(String data, String part, long seed, double macroF1, double rocAuc) {}

    private final Path csv;
    private final List<Run> runs = new ArrayList<>();

    private AblationTable(Path csv) {
        this.csv = csv;
    }

    /** Reads what there is, or starts the file. A last line that was not written whole is left out. */
    static AblationTable read(Path csv, String header) throws IOException {
        AblationTable table = new AblationTable(csv);
        if (!Files.exists(csv)) {
            Files.writeString(csv, header + "\n");
            return table;
        }
        String text = Files.readString(csv, StandardCharsets.UTF_8);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        if (!whole.startsWith(header + "\n")) {
            throw new HoneException(csv + " is no table of an ablation; move it away");
        }
        Files.writeString(csv, whole);
        whole.lines().skip(1).map(AblationTable::run).forEach(table.runs::add);
        return table;
    }

    private static Run run(String line) {
        String[] cells = line.split(",");
        return new Run(
                cells[0],
                cells[1],
                Long.parseLong(cells[2]),
                Double.parseDouble(cells[3]),
                Double.parseDouble(cells[4]));
    }

    boolean has(String data, String part, long seed) {
        return runs.stream().anyMatch(r -> r.data().equals(data) && r.part().equals(part) && r.seed() == seed);
    }

    void add(String line) throws IOException {
        runs.add(run(line));
        Files.writeString(csv, line + "\n", StandardOpenOption.APPEND);
    }

    /**
     * Rows of parts that were measured with every seed on some data set, for each set macro F1 and ROC AUC: mean and
     * deviation over the seeds for the defaults, for the others mean and deviation of the difference to the defaults with
     * the same seed. What was not measured whole is left empty.
     */
    String markdown(List<String> data, List<String> parts, int seeds) {
        StringBuilder text = new StringBuilder("| part | options |");
        StringBuilder rule = new StringBuilder("| --- | --- |");
        for (String set : data) {
            text.append(' ').append(set).append(": macro F1 | ROC AUC |");
            rule.append(" --- | --- |");
        }
        text.append('\n').append(rule).append('\n');
        for (String part : parts) {
            List<String> cells = new ArrayList<>();
            for (String set : data) {
                cells.add(cell(set, part, seeds, Run::macroF1));
                cells.add(cell(set, part, seeds, Run::rocAuc));
            }
            if (cells.stream().anyMatch(c -> !c.isEmpty())) {
                text.append("| ").append(part).append(" | ").append(AblationParts.command(part));
                cells.forEach(c -> text.append(" | ").append(c));
                text.append(" |\n");
            }
        }
        return text.toString();
    }

    private String cell(String set, String part, int seeds, ToDoubleFunction<Run> metric) {
        List<Run> own = of(set, part);
        List<Run> base = of(set, AblationParts.BASE);
        boolean isBase = part.equals(AblationParts.BASE);
        if (own.size() < seeds || !isBase && base.size() < seeds) {
            return "";
        }
        double[] values = own.stream()
                .mapToDouble(r -> metric.applyAsDouble(r) - (isBase ? 0 : same(base, r.seed(), metric)))
                .toArray();
        double mean = 0;
        for (double v : values) {
            mean += v / values.length;
        }
        double sum = 0;
        for (double v : values) {
            sum += (v - mean) * (v - mean);
        }
        String text = String.format(Locale.ROOT, isBase ? "%.3f" : "%+.3f", mean);
        return values.length < 2
                ? text
                : text + String.format(Locale.ROOT, " ± %.3f", Math.sqrt(sum / (values.length - 1)));
    }

    private List<Run> of(String set, String part) {
        return runs.stream()
                .filter(r -> r.data().equals(set) && r.part().equals(part))
                .toList();
    }

    private static double same(List<Run> base, long seed, ToDoubleFunction<Run> metric) {
        return base.stream()
                .filter(r -> r.seed() == seed)
                .mapToDouble(metric)
                .findFirst()
                .orElse(Double.NaN);
    }
}
