package dev.hone.jobs.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.train.loop.History;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The models that a run has tried so far. It is kept beside the output while the run is under way, so that an interrupted
 * one does not try again what it has finished, and knows how good the model is that is there.
 */
final class CandidateTable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path file;
    private final String identity;
    private final List<Candidate> candidates = new ArrayList<>();
    private double seconds;

    private CandidateTable(Path file, String identity) {
        this.file = file;
        this.identity = identity;
    }

    /**
     * Goes on with the table of an interrupted run.
     *
     * @param identity of the run; the table of another run counts as none
     */
    static CandidateTable open(Path file, String identity) {
        CandidateTable table = new CandidateTable(file, identity);
        if (Files.isRegularFile(file)) {
            try {
                JsonNode root = MAPPER.readTree(Files.readString(file));
                if (root.path("run").asText().equals(identity)) {
                    table.seconds = root.path("seconds").asDouble();
                    root.path("candidates").forEach(node -> table.candidates.add(read(node)));
                }
            } catch (JsonProcessingException e) {
                return table; // cut short; what it said is tried again
            } catch (IOException e) {
                throw new HoneException(file + ": cannot be read, " + FileErrors.reason(e), e);
            }
        }
        return table;
    }

    private static Candidate read(JsonNode node) {
        return new Candidate(
                node.path("name").asText(),
                node.path("detail").asText(),
                node.path("seconds").asDouble(),
                node.path("accuracy").asDouble(),
                node.path("macroF1").asDouble(),
                node.path("loss").asDouble(),
                false);
    }

    /** Whether a candidate was tried by this run, or by it before it was interrupted. */
    boolean has(String name) {
        return candidates.stream().anyMatch(c -> c.name().equals(name));
    }

    /** Seconds that the run had taken when it was interrupted. */
    double seconds() {
        return seconds;
    }

    /** Whether a model that was validated so takes the place of what is there. */
    boolean isBest(Candidate candidate) {
        return best().map(candidate::isBetterThan).orElse(true);
    }

    /** Whether the best epoch so far of a candidate takes the place of what is there; nothing does without validation. */
    boolean isBest(String name, History history) {
        return history.best() != null && isBest(of(name, "", 0, history.best()));
    }

    static Candidate of(String name, String detail, double seconds, History.Epoch best) {
        return new Candidate(
                name,
                detail,
                seconds,
                best.validationAccuracy(),
                best.validationMacroF1(),
                best.validationLoss(),
                false);
    }

    private Optional<Candidate> best() {
        Candidate best = null;
        for (Candidate next : candidates) {
            best = best == null || next.isBetterThan(best) ? next : best;
        }
        return Optional.ofNullable(best);
    }

    /** Notes a candidate that is finished. @param used seconds of the run so far */
    void add(Candidate candidate, double used) {
        candidates.add(candidate);
        seconds = used;
        write();
    }

    /** Notes the seconds of the run so far. */
    void interrupted(double used) {
        seconds = used;
        write();
    }

    private void write() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("run", identity).put("seconds", seconds);
        for (Candidate candidate : candidates) {
            root.withArray("candidates")
                    .addObject()
                    .put("name", candidate.name())
                    .put("detail", candidate.detail())
                    .put("seconds", candidate.seconds())
                    .put("accuracy", candidate.accuracy())
                    .put("macroF1", candidate.macroF1())
                    .put("loss", candidate.loss());
        }
        try {
            AtomicFile.write(file, out -> out.write(root.toPrettyString().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new HoneException(file + ": cannot be written, " + FileErrors.reason(e), e);
        }
    }

    /** All candidates, the best one marked as chosen. */
    List<Candidate> list() {
        Candidate best = best().orElse(null);
        return candidates.stream().map(c -> c.withChosen(c == best)).toList();
    }

    /** The run is over. */
    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new HoneException("cannot delete " + file + ": " + FileErrors.reason(e), e);
        }
    }
}
