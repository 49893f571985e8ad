package dev.hone.cli;

import dev.hone.cli.table.TableExplanation;
import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.jobs.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Explaining the rows of a file instead of images: those of a table (.csv) or of an array (.npz). */
final class RowExplanation {
    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME[=A|B]",
            description =
                    "For tables: the columns that the model takes, in its order. A column of words becomes one number "
                            + "for each category, in sorted order or in the one given after '='; words behind a semicolon have none, and '*' there is "
                            + "any other (default: all columns of the baselines).")
    private List<String> columns = List.of();

    @Option(
            names = "--feature-groups",
            split = ",",
            paramLabel = "NAME=A|B",
            description = "For tables: columns that are explained together, as one, such as 'money=income|debt'; the "
                    + "others stay by themselves.")
    private List<String> featureGroups = List.of();

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "For sequences (.npz): what their steps stand for, a line of text for each sequence, its "
                    + "tokens separated by blanks.")
    private Path tokens;

    /** Whether a file holds rows, by its name. */
    static boolean takes(Path file) {
        return isTable(file) || file.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
    }

    private static boolean isTable(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
    }

    void refuseWithImages() {
        if (given()) {
            throw new HoneException(
                    "--columns and --feature-groups are for tables (.csv), --tokens for sequences (.npz); found images");
        }
    }

    private boolean ofTables() {
        return !columns.isEmpty() || !featureGroups.isEmpty();
    }

    /** Whether its options are given. */
    boolean given() {
        return ofTables() || tokens != null;
    }

    /**
     * Explains and writes files, whose names are printed, or with JSON a line for each row; in either form also what
     * matters most in each row, where that is asked for.
     *
     * @param files the one that holds the rows
     * @param how the method works
     * @param values whether the numbers of arrays are written too
     */
    int explain(
            Path model,
            List<Path> files,
            BaselinesOption baselines,
            MethodOption method,
            MethodOptions how,
            TargetOption target,
            boolean values,
            Path output,
            boolean json)
            throws IOException {
        Path rows = files.get(0);
        boolean table = isTable(rows);
        Method by = method.method();
        boolean compares = table || by.compares() == Method.Compares.ALL;
        if (files.size() > 1 || baselines.data() == null && compares) {
            throw new HoneException("rows are explained a file at a time"
                    + (compares ? " and against those of another" : "")
                    + ": hone explain MODEL rows.csv --baselines training.csv -o DIR; or the same with .npz");
        }
        method.refuseOptionsOfImages();
        for (String name : List.of("attributions.csv", "importance.csv", "attributions.npz")) {
            Outputs.requireWritable(output.resolve(name), model, rows, baselines.data(), tokens);
        }
        int of = target.ofRows();
        MethodOptions options = how.withContrast(target.contrastOfRows());
        List<Path> written;
        int top = method.topOfRows();
        RowLines each;
        try (ConsoleProgressBar progress = new ConsoleProgressBar("explaining rows", 0)) {
            each = new RowLines(progress, options, top, json);
            if (table) {
                method.requireSums();
                if (tokens != null || values) {
                    throw new HoneException("--tokens and --values are for arrays (.npz), found the table " + rows);
                }
                written = new TableExplanation(model, baselines.data(), columns, featureGroups, by, options, top)
                        .run(rows, baselines.count(), of, output, each);
            } else {
                if (ofTables()) {
                    throw new HoneException("--columns and --feature-groups are for tables (.csv), found " + rows);
                }
                written = new ArrayExplanation(model, by, options, tokens, values, top)
                        .run(rows, baselines.data(), baselines.count(), of, output, each);
            }
        }
        if (!json) {
            written.forEach(System.out::println);
        }
        each.end();
        return 0;
    }
}
