package dev.hone.cli;

import dev.hone.core.text.ShellWords;
import dev.hone.jobs.Json;
import dev.hone.jobs.runs.MlflowExport;
import dev.hone.jobs.runs.MlflowServer;
import dev.hone.jobs.runs.Run;
import dev.hone.jobs.runs.RunComparison;
import dev.hone.jobs.runs.RunDocument;
import dev.hone.jobs.runs.RunHistory;
import dev.hone.jobs.runs.RunSummary;
import dev.hone.jobs.runs.TensorBoardExport;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;

@Command(
        name = "runs",
        header = "List, compare and export recorded runs.",
        description = {
            "",
            "Training records options, data revision, curves, metrics and the hash of the model in a folder 'runs' beside the "
                    + "model; quantization and evaluation join where there is one. A running training is listed with its curve "
                    + "so far.",
            "",
            "Without a subcommand, lists the runs, newest first. Of an id, the beginning or the end is enough.",
            "",
            "Examples:",
            "  hone runs",
            "  hone runs show 4f2a",
            "  hone runs compare 4f2a 91c0 --report runs.html",
            "  hone runs export --mlflow http://localhost:5000",
            "  hone runs export 4f2a --tensorboard logs",
            ""
        },
        subcommands = {
            RunsCommand.Show.class,
            RunsCommand.Compare.class,
            RunsCommand.Remove.class,
            RunsCommand.Export.class
        })
final class RunsCommand implements Callable<Integer> {
    private static final DateTimeFormatter WHEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());
    private static final String NONE = "-";

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            scope = ScopeType.INHERIT,
            description = "Folder of the run history. Default: runs.")
    private Path folder;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print one JSON document.")
    private boolean json;

    private RunHistory read() {
        return RunHistory.read(folder, notice -> System.err.println("note: " + notice));
    }

    private void print(Object document) {
        System.out.print(Json.document(document) + "\n");
    }

    @Override
    public Integer call() {
        List<RunSummary> runs = RunSummary.of(read());
        if (json) {
            print(Map.of("runs", runs.stream().map(RunSummary::document).toList()));
            return 0;
        }
        TextTable table = new TextTable()
                .row(
                        "id",
                        "started",
                        "job",
                        "data",
                        "network",
                        "minutes",
                        "macro F1",
                        "escape rate",
                        "outcome",
                        "model");
        for (RunSummary run : runs) {
            table.row(
                    run.id(),
                    WHEN.format(run.started()),
                    run.job(),
                    orNone(run.data()),
                    orNone(run.network()),
                    LineFormat.format("%.1f", run.seconds() / 60),
                    percent(run.macroF1()),
                    percent(run.escapeRate()),
                    run.outcome().text(),
                    run.model());
        }
        System.out.print(table);
        return 0;
    }

    private static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    /** Counts are whole, everything else has four digits. */
    private static String number(double value) {
        return Double.isNaN(value)
                ? NONE
                : value == Math.rint(value) && Math.abs(value) < 1e9
                        ? LineFormat.format("%.0f", value)
                        : LineFormat.format("%.4g", value);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? NONE : LineFormat.format("%.1f %%", 100 * share);
    }

    @Command(
            name = "show",
            header = "Show one run: options, notes, curve, metrics.",
            description = {"", "Example:", "  hone runs show 4f2a", ""})
    static final class Show implements Callable<Integer> {
        @ParentCommand
        private RunsCommand parent;

        @Parameters(paramLabel = "ID", description = "Id of the run, its beginning or end.")
        private String id;

        @Override
        public Integer call() {
            Run run = parent.read().find(id);
            if (parent.json) {
                parent.print(RunDocument.of(run));
                return 0;
            }
            System.out.println(
                    run.id() + "  " + run.job() + "  " + run.outcome().text());
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("started", WHEN.format(run.started()));
            facts.put("minutes", LineFormat.format("%.1f", run.seconds() / 60));
            facts.put("model", run.model());
            facts.put("SHA-256", run.sha256() == null ? NONE : run.sha256());
            facts.putAll(run.notes());
            facts.putAll(run.versions());
            facts.put("command", "hone " + run.job() + " " + ShellWords.join(run.arguments()));
            if (run.error() != null) {
                facts.put("error", run.error());
            }
            int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
            facts.forEach((name, value) ->
                    System.out.println("  " + name + " ".repeat(width - name.length()) + "  " + value));
            Map<String, Double> metrics = run.metrics();
            if (!metrics.isEmpty()) {
                TextTable table = new TextTable();
                metrics.forEach((name, value) -> table.row(name, number(value)));
                System.out.print("\n" + table);
            }
            if (!run.curve().isEmpty()) {
                System.out.print("\n" + curve(run));
            }
            return 0;
        }

        private static TextTable curve(Run run) {
            List<String> names = new ArrayList<>(run.curves().keySet());
            TextTable table = new TextTable();
            List<Object> head = new ArrayList<>(List.of("epoch"));
            head.addAll(names);
            table.row(head.toArray());
            boolean several =
                    run.curve().stream().map(Run.Point::task).distinct().count() > 1;
            for (Run.Point point : run.curve()) {
                List<Object> row = new ArrayList<>(List.of(point.step()));
                for (String name : names) {
                    String own = several && name.startsWith(point.task() + " ")
                            ? name.substring(point.task().length() + 1)
                            : name;
                    Double value = point.values().get(own);
                    row.add(value == null ? "" : number(value));
                }
                table.row(row.toArray());
            }
            return table;
        }
    }

    @Command(
            name = "compare",
            header = "Compare runs: options that differ, metrics, curves.",
            description = {"", "Example:", "  hone runs compare 4f2a 91c0 --report runs.html", ""})
    static final class Compare implements Callable<Integer> {
        @ParentCommand
        private RunsCommand parent;

        @Parameters(paramLabel = "ID", arity = "2..*", description = "Ids of the runs.")
        private List<String> ids;

        @Option(names = "--report", paramLabel = "HTML", description = "Write a page with the curves over each other.")
        private Path report;

        @Override
        public Integer call() {
            RunComparison comparison = RunComparison.of(parent.read().find(ids));
            if (report != null) {
                comparison.page().write(report);
            }
            if (parent.json) {
                parent.print(comparison.document());
                return 0;
            }
            TextTable table = new TextTable();
            List<Object> head = new ArrayList<>(List.of(""));
            comparison.runs().forEach(run -> head.add(run.id()));
            table.row(head.toArray());
            rows(table, comparison.facts());
            rows(table, comparison.options());
            comparison.metrics().forEach((name, values) -> {
                List<Object> row = new ArrayList<>(List.of(name));
                values.forEach(v -> row.add(number(v)));
                table.row(row.toArray());
            });
            System.out.print(table);
            if (report != null) {
                System.err.println(report + ": curves and differences");
            }
            return 0;
        }

        private static void rows(TextTable table, Map<String, List<String>> values) {
            values.forEach((name, cells) -> {
                List<Object> row = new ArrayList<>(List.of(name));
                cells.forEach(cell -> row.add(orNone(cell)));
                table.row(row.toArray());
            });
        }
    }

    @Command(
            name = "remove",
            header = "Remove runs from the history; models stay.",
            description = {"", "Example:", "  hone runs remove 4f2a 91c0", ""})
    static final class Remove implements Callable<Integer> {
        @ParentCommand
        private RunsCommand parent;

        @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of the runs.")
        private List<String> ids;

        @Override
        public Integer call() {
            RunHistory history = parent.read();
            List<Run> runs = history.find(ids);
            history.remove(runs);
            List<String> removed = runs.stream().map(Run::id).toList();
            if (parent.json) {
                parent.print(Map.of("removed", removed));
            } else {
                removed.forEach(id -> System.err.println("removed " + id));
            }
            return 0;
        }
    }

    @Command(
            name = "export",
            header = "Export runs to an MLflow server or as TensorBoard event files.",
            description = {
                "",
                "MLflow credentials are read from MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and "
                        + "MLFLOW_TRACKING_PASSWORD. Runs that the server has are not sent again.",
                "",
                "Examples:",
                "  hone runs export --mlflow http://localhost:5000 --experiment parts",
                "  hone runs export 4f2a --tensorboard logs",
                ""
            })
    static final class Export implements Callable<Integer> {
        @ParentCommand
        private RunsCommand parent;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids of the runs. Default: all.")
        private List<String> ids = List.of();

        @Option(names = "--mlflow", paramLabel = "URL", description = "Address of an MLflow tracking server.")
        private String mlflow;

        @Option(
                names = "--experiment",
                paramLabel = "NAME",
                defaultValue = "hone",
                description = "MLflow experiment, made if there is none. Default: hone.")
        private String experiment;

        @Option(names = "--tensorboard", paramLabel = "DIR", description = "Folder for event files, a folder per run.")
        private Path tensorboard;

        @Override
        public Integer call() {
            if (mlflow == null && tensorboard == null) {
                throw new ParameterException(spec.commandLine(), "say where to: --mlflow URL or --tensorboard DIR");
            }
            RunHistory history = parent.read();
            List<Run> runs = ids.isEmpty() ? history.runs() : history.find(ids);
            Map<String, Object> document = new LinkedHashMap<>();
            if (tensorboard != null) {
                List<Path> files = TensorBoardExport.write(runs, tensorboard);
                document.put("tensorboard", files.stream().map(Path::toString).toList());
                System.err.println(tensorboard + ": " + files.size() + (files.size() == 1 ? " run" : " runs"));
            }
            if (mlflow != null) {
                try (ConsoleProgress progress = new ConsoleProgress()) {
                    InterruptHandler.onFirst(progress::cancel);
                    MlflowExport.Sent sent = new MlflowExport(new MlflowServer(mlflow, System.getenv()), experiment)
                            .send(runs, progress);
                    document.put("mlflow", sent.sent());
                    document.put("known", sent.known());
                    System.err.println(mlflow + ": " + sent.sent().size() + " sent, "
                            + sent.known().size() + " there already");
                }
            }
            if (parent.json) {
                parent.print(document);
            }
            return 0;
        }
    }
}
