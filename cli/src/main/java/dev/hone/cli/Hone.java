package dev.hone.cli;

import dev.hone.core.CancelledException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The {@code hone} command. Exit codes: 0 done, 2 the user's mistake (one line on standard error), 1 ours.
 */
@Command(
        name = "hone",
        synopsisSubcommandLabel = "COMMAND",
        header = "Sharpens vision models for the edge: from a folder of photographs to a small, fast, explained model.",
        description = {
            "",
            "DATA, where a command takes it, is a folder with one folder of images per class (optionally under train/, "
                    + "val/ and test/), or a CSV file with the columns path,label,split.",
            ""
        },
        footer = {
            "",
            "A first round:",
            "  hone demo                                   the whole job, on surfaces that Hone draws itself",
            "  hone train photos -o model.onnx             from a folder per class to a model",
            "  hone evaluate model.onnx photos             how good it is, on images it has not seen",
            "  hone quantize model.onnx --calibrate photos -o model.int8.onnx",
            "  hone explain model.onnx part.png --baselines photos -o maps/",
            "",
            "'hone COMMAND --help' explains a command, with an example."
        },
        versionProvider = Hone.Version.class,
        subcommands = {DemoCommand.class})
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
            description = "Show stack traces and what the libraries log.")
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
        System.exit(execute(args));
    }

    /** Runs one command line; returns the exit code. */
    static int execute(String... args) {
        Hone hone = new Hone();
        CommandLine line = new CommandLine(hone);
        List<JobCommand<?, ?>> commands = List.of(
                new TrainCommand(),
                new EvaluateCommand(),
                new ExplainCommand(),
                new QuantizeCommand(),
                new PredictCommand(),
                new BenchCommand(),
                new ShowCommand());
        boolean configured = Stream.of(args).anyMatch(word -> word.equals("--config") || word.startsWith("--config="));
        commands.forEach(command -> line.addSubcommand(new CommandLine(command.spec(configured))));
        line.addSubcommand(new CommandLine(new RunCommand(commands)));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.setUsageHelpLongOptionsMaxWidth(30);
        line.setParameterExceptionHandler((error, arguments) -> usageError(error));
        line.setExecutionExceptionHandler((error, command, result) -> failure(error, hone.verbose));
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println("hone: out of memory (" + e.getMessage() + "); use smaller images or batches, or give "
                    + "more with HONE_JAVA_OPTS=-Xmx8g");
            return ExitCode.USAGE;
        }
    }

    private static int usageError(ParameterException error) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println("hone: " + error.getMessage().replace('\n', ' ') + " (see '" + name + " --help')");
        return ExitCode.USAGE;
    }

    private static int failure(Exception error, boolean verbose) {
        if (error instanceof CancelledException) {
            System.err.println("hone: cancelled");
            return TrainCommand.INTERRUPTED;
        }
        boolean expected = ErrorMessages.isExpected(error);
        System.err.println("hone: " + ErrorMessages.line(error));
        if (verbose) {
            error.printStackTrace();
        } else if (!expected) {
            System.err.println("hone: this is a defect of Hone; run again with --verbose for the details to report");
        }
        return expected ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    /** Names the version for {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"hone " + dev.hone.core.Version.number()};
        }
    }
}
