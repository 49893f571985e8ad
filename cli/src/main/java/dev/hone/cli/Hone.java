package dev.hone.cli;

import dev.hone.core.CancelledException;
import dev.hone.core.text.NearestName;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code hone} command. Exit codes: 0 success, 2 user error (one line on standard error), 1 internal error, or output
 * that could not be written.
 */
@Command(
        name = "hone",
        synopsisSubcommandLabel = "COMMAND",
        header = "Train, compress and explain image classifiers for edge devices.",
        description = {
            "",
            "DATA is a folder with one folder of images per class (optionally under train/, "
                    + "val/ and test/), or a CSV file with the columns path,label,split. Any other CSV file is a table, whose "
                    + "rows are classified.",
            ""
        },
        footer = {
            "",
            "Getting started:",
            "  hone demo                         end-to-end demo on synthetic images",
            "  hone train photos -o model.onnx   train on a folder per class",
            "  hone evaluate model.onnx photos   metrics on the held-out test images",
            "  hone quantize model.onnx --calibrate photos -o model.int8.onnx",
            "  hone explain model.onnx part.png --baselines photos -o maps/",
            "",
            "Run 'hone COMMAND --help' for the options and an example."
        },
        versionProvider = Hone.Version.class)
public final class Hone implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    @SuppressWarnings("unused") // read by the command line parser
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and exit.")
    @SuppressWarnings("unused") // read by the command line parser
    private boolean version;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show stack traces and log messages of the libraries.")
    private boolean verbose;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    public static void main(String[] args) {
        if (java.util.Arrays.asList(args).contains("--verbose")) {
            System.setProperty("hone.log", "INFO");
        }
        // Libraries format by the default locale.
        Locale.setDefault(Locale.ROOT);
        StandardStreams.install();
        int code = Locales.canRead(args) ? execute(args) : ExitCode.USAGE;
        System.exit(StandardStreams.finish(code));
    }

    /** Runs a command line and returns the exit code. Whatever it prints goes through {@link ShownStream}s. */
    static int execute(String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        System.setOut(new ShownStream(out));
        System.setErr(new ShownStream(err));
        try {
            return run(args);
        } finally {
            System.out.flush();
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static int run(String... words) {
        String[] args = withHelpBehind(words);
        Hone hone = new Hone();
        CommandLine line = new CommandLine(hone);
        List<JobCommand<?, ?>> commands = List.of(
                new DemoCommand(),
                new TrainCommand(),
                new EvaluateCommand(),
                new ExplainCommand(),
                new QuantizeCommand(),
                new PredictCommand(),
                new BenchCommand(),
                new ShowCommand(),
                new BackboneCommand());
        boolean configured = Stream.of(args).anyMatch(word -> word.equals("--config") || word.startsWith("--config="));
        String asked = Stream.of(args)
                .filter(word -> !word.startsWith("-"))
                .findFirst()
                .orElse("");
        // Reading the options of all commands would take longer than starting; help of the whole lists names only.
        commands.forEach(command -> line.addSubcommand(new CommandLine(
                command.name().equals(asked) ? command.spec(configured) : CommandSpec.forAnnotatedObject(command))));
        line.addSubcommand(new CommandLine(new RunCommand(commands)));
        line.addSubcommand(new CommandLine(new RunsCommand()));
        // Help has colors of its own; what is said of arguments has not.
        line.setOut(new PrintWriter(ShownStream.raw(System.out), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setParameterExceptionHandler((error, arguments) -> usageError(error, arguments));
        line.setExecutionExceptionHandler((error, command, result) -> failure(error, hone.verbose));
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println("hone: out of memory (" + e.getMessage() + "); use smaller images or batches, or give "
                    + "more with HONE_JAVA_OPTS=-Xmx8g");
            return ExitCode.USAGE;
        }
    }

    /** {@code help train} as {@code train --help}, which other tools of the command line take too. */
    private static String[] withHelpBehind(String... words) {
        return words.length > 0 && words[0].equals("help")
                ? Stream.concat(Stream.of(words).skip(1), Stream.of("--help")).toArray(String[]::new)
                : words;
    }

    private static int usageError(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        // Before what is missing: a misspelled option may be that.
        Optional<String> option = error instanceof MissingParameterException
                ? unknownOption(arguments, command.getCommandSpec().optionsMap().keySet())
                : Optional.empty();
        String message = option.isPresent()
                ? unknown(option.get(), command)
                : error instanceof UnmatchedArgumentException unmatched
                        ? unknown(unmatched.getUnmatched().get(0), command)
                        : error.getMessage();
        System.err.println("hone: " + message.replaceAll("\\s*\\R\\s*", " ") + " (see '" + name + " --help')");
        return ExitCode.USAGE;
    }

    private static Optional<String> unknownOption(String[] arguments, Set<String> known) {
        return Stream.of(arguments)
                .takeWhile(word -> !word.equals("--"))
                .filter(word -> word.matches("--\\p{L}.*"))
                .filter(word -> !known.contains(word.replaceFirst("(?s)=.*", "")))
                .findFirst();
    }

    /** Names a word that the command line does not have, and the nearest one that it has. */
    private static String unknown(String word, CommandLine command) {
        if (word.startsWith("-")) {
            String option = word.replaceFirst("=.*", "");
            return "unknown option '" + option + "'"
                    + NearestName.hint(
                            option, command.getCommandSpec().optionsMap().keySet());
        }
        if (command.getSubcommands().isEmpty() && ArgumentOrder.isModel(word)) {
            boolean takesModel = command.getCommandSpec().positionalParameters().stream()
                    .anyMatch(p -> p.paramLabel().equals("MODEL"));
            return "unexpected argument '" + word + "'; "
                    + (takesModel ? "the model comes first" : "an option says what a model is for");
        }
        if (command.getSubcommands().isEmpty()) {
            return "unexpected argument '" + word + "'; quote a value that contains spaces";
        }
        return "unknown command '" + word + "'"
                + NearestName.hint(word, command.getSubcommands().keySet());
    }

    private static int failure(Exception error, boolean verbose) {
        if (error instanceof CancelledException) {
            if (StandardStreams.failed()) {
                return ExitCode.SOFTWARE;
            }
            System.err.println("hone: " + error.getMessage());
            return TrainCommand.INTERRUPTED;
        }
        boolean expected = ErrorMessages.isExpected(error);
        System.err.println("hone: " + ErrorMessages.line(error));
        if (verbose) {
            // Tabs would be shown escaped.
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            System.err.print(trace.toString().replace("\t", "    "));
        } else if (!expected) {
            System.err.println("hone: internal error; run again with --verbose for details and report it");
        }
        return expected && !ErrorMessages.isFullDisk(error) ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    /** Version string for {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"hone " + dev.hone.core.Version.number()};
        }
    }
}
