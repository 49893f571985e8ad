package dev.hone.cli;

import dev.hone.jobs.Job;
import dev.hone.jobs.Json;
import dev.hone.jobs.recipe.Recipe;
import dev.hone.jobs.recipe.RecipeRun;
import dev.hone.jobs.recipe.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        header = "Run the jobs of a recipe file in order.",
        description = {
            "",
            "A recipe is a YAML file; its keys are the options of the commands, see docs/recipes.md. All jobs are checked "
                    + "before the first one runs. After a failure or Ctrl-C the same command resumes at the job that did "
                    + "not finish; jobs whose options or files changed, and those after them, run again.",
            "",
            "Paths are relative to the current directory, as on the command line.",
            "",
            "Example:",
            "  hone run recipe.yaml",
            ""
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE", description = "A YAML file.")
    private Path file;

    @Option(names = "--restart", description = "Run finished jobs again.")
    private boolean restart;

    @Option(names = "--json", description = "Print one JSON document at the end.")
    private boolean json;

    private final Map<String, JobCommand<?, ?>> commands = new LinkedHashMap<>();

    /** @param commands that print the results of the jobs */
    RunCommand(List<JobCommand<?, ?>> commands) {
        commands.forEach(command -> this.commands.put(command.name(), command));
    }

    @Override
    public Integer call() {
        Recipe recipe = Recipe.read(file);
        List<Map<String, Object>> documents = new ArrayList<>();
        try (ConsoleProgress progress = new ConsoleProgress()) {
            InterruptHandler.onFirst(progress::cancel);
            StandardStreams.onFailure(progress::cancel);
            RecipeRun.run(recipe, restart, progress, new RecipeRun.Runner() {
                @Override
                public void run(Step step) {
                    if (json) {
                        documents.add(document(step, step.run(progress)));
                    } else {
                        int code = commands.get(step.job().name()).execute(step, progress);
                        progress.checkCancelled();
                        if (code != 0) {
                            throw step.place().failure(step.job().name() + " failed; run again to resume here");
                        }
                    }
                }

                @Override
                public void skipped(Step step) {
                    documents.add(document(step, null));
                }
            });
        }
        if (json) {
            System.out.print(Json.document(Map.of("jobs", documents)) + "\n");
        }
        return 0;
    }

    private static Map<String, Object> document(Step step, Job.Result result) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("job", step.job().name());
        document.put("ran", result != null);
        if (result != null) {
            document.put("result", result.document());
        }
        return document;
    }
}
