package dev.hone.jobs.recipe;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which jobs of a recipe are finished, in a file beside it. */
final class RecipeState {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * A finished job.
     *
     * @param options fingerprint of the job and its options
     * @param files fingerprints of what it read and wrote, right after it ran
     */
    record Finished(String job, String options, Map<String, String> files) {}

    /** As it is in the file. */
    record Content(int version, List<Finished> finished) {}

    private final Path file;
    private final List<Finished> finished;

    private RecipeState(Path file, List<Finished> finished) {
        this.file = file;
        this.finished = new ArrayList<>(finished);
    }

    static Path beside(Path recipe) {
        Path absolute = recipe.toAbsolutePath();
        return absolute.resolveSibling(absolute.getFileName() + ".state");
    }

    /** A file that is not there, is damaged or of another version counts as one without finished jobs. */
    static RecipeState read(Path recipe) {
        Path file = beside(recipe);
        try {
            Content content =
                    Files.isRegularFile(file) ? JSON.readValue(Files.readAllBytes(file), Content.class) : null;
            boolean usable = content != null && content.version == Recipe.VERSION && content.finished != null;
            return new RecipeState(file, usable ? content.finished : List.of());
        } catch (IOException e) {
            return new RecipeState(file, List.of());
        }
    }

    /** Whether a job at this place of the recipe is finished, and neither it nor its files have changed since. */
    boolean isFinished(int index, Step step) {
        if (index >= finished.size()) {
            return false;
        }
        Finished before = finished.get(index);
        return before.options.equals(Fingerprints.of(step)) && before.files.equals(Fingerprints.files(step));
    }

    /** Forgets a job and those after it. */
    void forgetFrom(int index) {
        while (finished.size() > index) {
            finished.remove(finished.size() - 1);
        }
    }

    void add(Step step) {
        finished.add(new Finished(step.job().name(), Fingerprints.of(step), Fingerprints.files(step)));
        write();
    }

    private void write() {
        try {
            byte[] bytes = JSON.writeValueAsBytes(new Content(Recipe.VERSION, finished));
            AtomicFile.write(file, out -> out.write(bytes));
        } catch (IOException e) {
            throw new HoneException(
                    "cannot write " + file + ", which says how far the recipe is: " + FileErrors.reason(e), e);
        }
    }
}
