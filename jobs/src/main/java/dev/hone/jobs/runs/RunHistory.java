package dev.hone.jobs.runs;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.text.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The runs of a folder.
 *
 * @param folder that was read
 * @param runs newest first
 */
public record RunHistory(Path folder, List<Run> runs) {

    /** The folder beside a model. */
    public static Path beside(Path model) {
        return model.resolveSibling(HistoryOptions.FOLDER);
    }

    /**
     * Reads a folder.
     *
     * @param notices hears of what is skipped, a line each
     * @throws HoneException if there is no such folder, or it cannot be read
     */
    public static RunHistory read(Path folder, Consumer<String> notices) {
        if (!Files.isDirectory(folder)) {
            throw new HoneException(folder + ": no run history there; training keeps one beside the model");
        }
        List<Run> runs = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.getFileName().toString().endsWith(RunLog.SUFFIX))
                    .sorted()
                    .toList()) {
                runOf(file, notices).ifPresent(runs::add);
            }
        } catch (IOException e) {
            throw new HoneException("cannot read " + folder + ": " + FileErrors.reason(e), e);
        }
        runs.sort(Comparator.comparing(Run::started).thenComparing(Run::id).reversed());
        return new RunHistory(folder, Collections.unmodifiableList(runs));
    }

    private static Optional<Run> runOf(Path file, Consumer<String> notices) {
        try {
            return RunReader.read(file, notices);
        } catch (IOException e) {
            notices.accept(file + ": cannot be read, " + FileErrors.reason(e) + "; skipped");
            return Optional.empty();
        }
    }

    /**
     * The run of an id, of which the beginning or the end is enough where it is the only one.
     *
     * @throws HoneException if there is none, or more than one
     */
    public Run find(String id) {
        List<Run> found = runs.stream()
                .filter(run -> run.id().startsWith(id) || run.id().endsWith(id))
                .toList();
        if (found.size() == 1 && !id.isEmpty()) {
            return found.get(0);
        }
        List<String> ids = runs.stream().map(Run::id).toList();
        if (found.size() > 1) {
            throw new HoneException("run '" + id + "' is ambiguous: " + found.size() + " ids in " + folder
                    + " begin or end so, such as " + found.get(0).id() + " and "
                    + found.get(1).id());
        }
        throw new HoneException(folder + ": there is no run '" + id + "'" + NearestName.hint(id, ids));
    }

    /** The runs of these ids, in their order, each once. */
    public List<Run> find(List<String> ids) {
        Set<Run> found = new LinkedHashSet<>();
        ids.forEach(id -> found.add(find(id)));
        return List.copyOf(found);
    }

    /**
     * The newest evaluation of the model that a run made.
     *
     * @return nothing if the very file was not evaluated, or has been replaced since
     */
    public Optional<Run> evaluationOf(Run run) {
        return runs.stream()
                .filter(r -> r.job().equals("evaluate")
                        && run.sha256() != null
                        && run.sha256().equals(r.sha256()))
                .findFirst();
    }

    /**
     * Deletes runs; models stay.
     *
     * @throws HoneException if one of them is running, then none is deleted, or a file cannot be deleted
     */
    public void remove(List<Run> gone) {
        for (Run run : gone) {
            if (run.outcome() == Outcome.RUNNING) {
                throw new HoneException("run " + run.id() + " is running; stop it first");
            }
        }
        for (Run run : gone) {
            try {
                Files.deleteIfExists(run.file());
            } catch (IOException e) {
                throw new HoneException("cannot delete " + run.file() + ": " + FileErrors.reason(e), e);
            }
        }
    }
}
