package dev.hone.jobs.recipe;

import dev.hone.core.HoneException;
import dev.hone.core.text.NearestName;
import dev.hone.jobs.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A recipe file: jobs in the order in which they run. Paths in it are relative to the current directory, as they are on the
 * command line.
 */
public record Recipe(Path file, List<Step> steps) {
    /** The version of the format that is read. */
    public static final int VERSION = 1;

    private static final String VERSION_KEY = "version";
    private static final String JOBS_KEY = "jobs";

    /**
     * Reads a recipe and checks the options of all its jobs.
     *
     * @throws HoneException naming file, line and column of what is wrong
     */
    public static Recipe read(Path file) {
        YamlNode.Mapping root = root(file);
        for (String key : root.values().keySet()) {
            if (!key.equals(VERSION_KEY) && !key.equals(JOBS_KEY)) {
                throw root.keys()
                        .get(key)
                        .failure("'" + key + "' is not a key of a recipe"
                                + NearestName.hint(key, List.of(VERSION_KEY, JOBS_KEY))
                                + (Jobs.names().contains(key) ? "; jobs stand in a list below 'jobs:'" : ""));
            }
        }
        YamlNode jobs = root.values().get(JOBS_KEY);
        if (jobs == null) {
            throw root.place().failure("'jobs:' is missing: a list of jobs, such as '- train: {data: photos, ...}'");
        }
        if (!(jobs instanceof YamlNode.Sequence list) || list.items().isEmpty()) {
            throw jobs.place().failure("jobs: found " + jobs.kind() + ", expected a list of at least one job");
        }
        List<Step> steps = new ArrayList<>();
        for (YamlNode item : list.items()) {
            Step step = step(item);
            step.check();
            steps.add(step);
        }
        return new Recipe(file, steps);
    }

    /**
     * Reads the options of one job: either the file holds nothing but its keys and the version, or it is a recipe in which
     * that job stands once. Whether all is there that the job needs is not checked.
     */
    public static Step options(Path file, Job<?, ?> job) {
        YamlNode.Mapping root = root(file);
        YamlNode jobs = root.values().get(JOBS_KEY);
        if (jobs == null) {
            return Step.of(job, root, List.of(VERSION_KEY));
        }
        List<Step> fitting = new ArrayList<>();
        if (jobs instanceof YamlNode.Sequence list) {
            for (YamlNode item : list.items()) {
                Step step = step(item);
                if (step.job() == job) {
                    fitting.add(step);
                }
            }
        }
        if (fitting.size() != 1) {
            throw jobs.place().failure("the recipe has " + fitting.size() + " jobs '" + job.name() + "', expected one");
        }
        return fitting.get(0);
    }

    private static YamlNode.Mapping root(Path file) {
        YamlNode root = YamlReader.read(file);
        if (!(root instanceof YamlNode.Mapping mapping)) {
            throw root.place()
                    .failure("found " + root.kind() + ", expected keys and values; see the recipe documentation");
        }
        YamlNode version = mapping.values().get(VERSION_KEY);
        if (version == null) {
            throw mapping.place().failure("the version is missing; begin the file with 'version: " + VERSION + "'");
        }
        String text = version instanceof YamlNode.Scalar scalar ? String.valueOf(scalar.text()) : version.kind();
        if (!text.matches("\\d{1,9}")) {
            throw version.place().failure("version: '" + text + "' is not an integer, expected " + VERSION);
        }
        int number = Integer.parseInt(text);
        if (number != VERSION) {
            throw version.place()
                    .failure("version " + number + " is "
                            + (number > VERSION
                                    ? "newer than this release of Hone reads (" + VERSION + "); use a newer release"
                                    : "older than this release of Hone reads (" + VERSION
                                            + "); write the recipe anew by its documentation"));
        }
        return mapping;
    }

    private static Step step(YamlNode item) {
        if (!(item instanceof YamlNode.Mapping mapping) || mapping.values().size() != 1) {
            String found = item instanceof YamlNode.Mapping several
                    ? several.values().size() + " keys ("
                            + String.join(", ", several.values().keySet()) + ")"
                    : item.kind();
            throw item.place().failure("found " + found + ", expected one job with its options indented below it");
        }
        Map.Entry<String, YamlNode> entry =
                mapping.values().entrySet().iterator().next();
        Place place = mapping.keys().get(entry.getKey());
        Job<?, ?> job = Jobs.named(entry.getKey())
                .orElseThrow(() -> place.failure(
                        "there is no job '" + entry.getKey() + "'" + NearestName.hint(entry.getKey(), Jobs.names())
                                + " (jobs: " + String.join(", ", Jobs.names()) + ")"));
        YamlNode options = entry.getValue();
        if (options instanceof YamlNode.Scalar scalar && scalar.text() == null) {
            options = new YamlNode.Mapping(place, Map.of(), Map.of());
        }
        if (!(options instanceof YamlNode.Mapping keys)) {
            throw options.place().failure(job.name() + ": found " + options.kind() + ", expected its options by name");
        }
        Step step = Step.of(job, keys, List.of());
        return new Step(job, place, step.values(), step.places());
    }
}
