package dev.hone.cli;

import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.option.Selected;
import dev.hone.core.option.Setting;
import dev.hone.core.text.ListText;
import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.jobs.recipe.Recipe;
import dev.hone.jobs.recipe.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/**
 * A command that runs a job. Its options, with names, defaults and help, are generated from the job's options record. A
 * subclass has the picocli annotation with header and examples, and prints the result.
 *
 * @param <O> options record of the job
 * @param <R> result of the job
 */
abstract class JobCommand<O extends Record, R extends Job.Result> implements Callable<Integer> {
    private final Job<O, R> job;
    private final Options<O> options;
    private CommandSpec spec;

    @CommandLine.Option(
            names = "--config",
            paramLabel = "FILE.yaml",
            description = "Options from a recipe file, see docs/recipes.md; options given here override them.",
            order = 999)
    private Path config;

    @CommandLine.Option(names = "--json", order = 1000)
    private boolean json;

    JobCommand(Job<O, R> job) {
        this.job = job;
        this.options = Options.of(job.options());
    }

    String name() {
        return job.name();
    }

    /** Runs a job of a recipe as this command would; returns the exit code. */
    int execute(Step step, ConsoleProgress progress) {
        return step.placed(() -> execute(options.build(step.values()), progress));
    }

    /** Prints the result for people; as JSON where there is nothing better. */
    void print(R result) {
        System.out.print(Json.document(result.document()) + "\n");
    }

    /** What is printed with --json, for help. */
    String jsonOutput() {
        return "one JSON document";
    }

    /** The exit code for a result; 0 by default. */
    int exitCode(R result) {
        return 0;
    }

    /** Whether to print JSON. */
    final boolean json() {
        return json;
    }

    /** Runs the job, prints its result and returns the exit code. */
    int execute(O asked, ConsoleProgress progress) {
        R result = job.run(asked, progress);
        progress.finished();
        if (json) {
            System.out.print(Json.document(result.document()) + "\n");
        } else {
            print(result);
        }
        return exitCode(result);
    }

    /**
     * The command line's specification of this command, its options taken from the job.
     *
     * @param configured whether a recipe file gives options, so that none is required here
     */
    CommandSpec spec(boolean configured) {
        spec = CommandSpec.forAnnotatedObject(this);
        spec.usageMessage().abbreviateSynopsis(true);
        OptionSpec json = spec.findOption("--json");
        spec.remove(json);
        spec.addOption(OptionSpec.builder(json)
                .description("Print " + jsonOutput() + ".")
                .build());
        Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
        int index = 0;
        Map<String, List<Options.Option>> byName = new LinkedHashMap<>();
        options.list().forEach(option -> byName.computeIfAbsent(option.name(), name -> new ArrayList<>())
                .add(option));
        for (List<Options.Option> alike : byName.values()) {
            Options.Option option = alike.get(0);
            Setting setting = option.setting();
            if (setting.positional()) {
                spec.addPositional(positional(option, index++, configured));
            } else if (setting.group().isEmpty()) {
                spec.addOption(option(alike, configured));
            } else {
                groups.computeIfAbsent(setting.group(), name -> ArgGroupSpec.builder()
                                .validate(false)
                                .multiplicity("0..1")
                                .heading("%n" + name + ":%n"))
                        .addArg(option(alike, configured));
            }
        }
        groups.values().forEach(group -> spec.addArgGroup(group.build()));
        return spec;
    }

    private static PositionalParamSpec positional(Options.Option option, int index, boolean configured) {
        boolean required = option.setting().required() && !configured;
        return PositionalParamSpec.builder()
                .index(option.isList() ? index + "..*" : Integer.toString(index))
                .paramLabel(option.setting().label())
                .arity(option.isList() ? (required ? "1..*" : "0..*") : required ? "1" : "0..1")
                .required(required)
                .type(option.isList() ? List.class : String.class)
                .auxiliaryTypes(String.class)
                .description(help(option).toArray(String[]::new))
                .build();
    }

    /** @param alike descriptions of one option for different variants */
    private static OptionSpec option(List<Options.Option> alike, boolean configured) {
        Options.Option option = alike.get(0);
        Setting setting = option.setting();
        List<String> names = new ArrayList<>();
        if (!setting.letter().isEmpty()) {
            names.add("-" + setting.letter());
        }
        names.add("--" + option.name());
        OptionSpec.Builder builder = OptionSpec.builder(names.toArray(String[]::new))
                .required(setting.required() && !configured)
                .description(alike.stream().flatMap(o -> help(o).stream()).toArray(String[]::new));
        if (option.isSwitch()) {
            return builder.type(boolean.class).arity("0").build();
        }
        String label = setting.label().isEmpty() ? "VALUE" : setting.label();
        if (option.isList()) {
            return builder.type(List.class)
                    .auxiliaryTypes(String.class)
                    .arity("1")
                    .paramLabel(label)
                    .build();
        }
        return builder.type(String.class).arity("1").paramLabel(label).build();
    }

    /** A line, and one for each variant that can be selected. */
    private static List<String> help(Options.Option option) {
        Setting setting = option.setting();
        boolean selects = option.type() == Selected.class;
        String choices = option.choices().isEmpty() || selects
                ? ""
                : (option.isList() ? " Any of " : " One of ") + String.join(", ", option.choices()) + ".";
        String text = setting.defText().isEmpty() ? setting.def() : setting.defText();
        String variants = option.variants().isEmpty() ? "" : "[" + String.join(", ", option.variants()) + "] ";
        List<String> lines = new ArrayList<>();
        String without = setting.required() && !setting.positional()
                ? " Required."
                : text.isEmpty() ? "" : " Default: " + text + ".";
        lines.add(variants + setting.help() + choices + without);
        if (selects) {
            Options.variants(setting).list().forEach(variant -> lines.add(variant.name() + ": " + variant.summary()));
        }
        return lines.stream().map(line -> line.replace("%", "%%")).toList();
    }

    @Override
    public Integer call() {
        Map<String, Object> given = values();
        ArgumentOrder.check(name(), options, given);
        Step file = config == null ? null : Recipe.options(config, job);
        try (ConsoleProgress console = new ConsoleProgress()) {
            InterruptHandler.onFirst(console::cancel);
            StandardStreams.onFailure(console::cancel);
            Map<String, Object> all = new LinkedHashMap<>(file == null ? Map.of() : file.values());
            all.putAll(given);
            return execute(options.build(all), console);
        } catch (OptionException e) {
            if (file != null && file.places().containsKey(e.option()) && !given.containsKey(e.option())) {
                throw file.failure(e);
            }
            throw new ParameterException(spec.commandLine(), nameOnCommandLine(e.option()) + ": " + e.problem(), e);
        }
    }

    /** The name of an option on the command line: with its hyphens, or the label of a positional argument. */
    private String nameOnCommandLine(String name) {
        return options.list().stream()
                .filter(o -> o.name().equals(name) && o.setting().positional())
                .map(o -> o.setting().label())
                .findFirst()
                .orElse("--" + name);
    }

    private Map<String, Object> values() {
        CommandLine.ParseResult parsed = spec.commandLine().getParseResult();
        Map<String, Object> values = new LinkedHashMap<>();
        for (Options.Option option : options.list()) {
            ArgSpec arg = option.setting().positional()
                    ? positional(option.setting())
                    : spec.findOption("--" + option.name());
            if (parsed.matchedArgs().contains(arg)) {
                values.put(option.name(), value(option, arg.getValue()));
            }
        }
        return values;
    }

    /** Elements of a list are separated by commas, or the option is given several times; positional ones are words. */
    private static Object value(Options.Option option, Object parsed) {
        if (!(parsed instanceof List<?> list)) {
            return String.valueOf(parsed);
        }
        return option.setting().positional()
                ? list
                : list.stream()
                        .flatMap(text -> ListText.split(text.toString()).stream())
                        .toList();
    }

    private PositionalParamSpec positional(Setting setting) {
        return spec.positionalParameters().stream()
                .filter(p -> p.paramLabel().equals(setting.label()))
                .findFirst()
                .orElseThrow();
    }
}
