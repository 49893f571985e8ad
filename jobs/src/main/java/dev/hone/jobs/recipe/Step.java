package dev.hone.jobs.recipe;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.core.text.NearestName;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One job of a recipe.
 *
 * @param values by option, as {@link Options#build} takes them
 * @param places of the values
 */
public record Step(Job<?, ?> job, Place place, Map<String, Object> values, Map<String, Place> places) {
    /**
     * @param reserved keys that are no options
     * @throws HoneException if a key is unknown or a value has the wrong form
     */
    static Step of(Job<?, ?> job, YamlNode.Mapping mapping, List<String> reserved) {
        Map<String, Options.Option> known = new LinkedHashMap<>();
        Options.of(job.options()).list().forEach(option -> known.putIfAbsent(option.name(), option));
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Place> places = new LinkedHashMap<>();
        mapping.values().forEach((key, node) -> {
            if (reserved.contains(key)) {
                return;
            }
            Options.Option option = known.get(key);
            if (option == null) {
                throw mapping.keys()
                        .get(key)
                        .failure("'" + key + "' is not an option of " + job.name()
                                + NearestName.hint(key, known.keySet()));
            }
            values.put(key, value(option, node));
            places.put(key, node.place());
        });
        return new Step(job, mapping.place(), values, places);
    }

    private static Object value(Options.Option option, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar && scalar.text() != null) {
            return scalar.text();
        }
        if (option.isList() && node instanceof YamlNode.Sequence sequence) {
            return sequence.items().stream().map(item -> text(option, item)).toList();
        }
        throw node.place()
                .failure(option.name() + ": found " + node.kind() + ", expected "
                        + (option.isList() ? "a list of values" : "a single value"));
    }

    private static String text(Options.Option option, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar && scalar.text() != null) {
            return scalar.text();
        }
        throw node.place().failure(option.name() + ": found " + node.kind() + " in the list, expected single values");
    }

    /** @throws HoneException if a value is missing, of another type or out of range */
    public void check() {
        placed(() -> Options.of(job.options()).build(values));
    }

    /** @throws HoneException if the job would write over a file that it reads, or over one of these */
    void requireOutputs(Path... others) {
        placed(() -> Outputs.of(Options.of(job.options()).build(values), others));
    }

    /** A value that the job cannot take, with its place. */
    public HoneException failure(OptionException e) {
        return places.getOrDefault(e.option(), place).failure(job.name() + ": " + e.option() + ": " + e.problem(), e);
    }

    /** @throws HoneException with the place of the value that the job cannot take */
    public Job.Result run(Progress progress) {
        return placed(() -> job.run(values, progress));
    }

    /** Does something with the values; a value that does not fit fails with its place. */
    public <T> T placed(Supplier<T> work) {
        try {
            return work.get();
        } catch (OptionException e) {
            throw failure(e);
        }
    }
}
