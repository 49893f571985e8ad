package dev.hone.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.core.HoneException;
import dev.hone.core.text.Names;
import dev.hone.graph.Graph;
import dev.hone.graph.analysis.ScoreOutput;
import dev.hone.runtime.Session;
import dev.hone.runtime.TensorInfo;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the scores of a classifier mean. It is decided once, by {@link ScoreAnalysis}, and read by all that predicts, evaluates,
 * explains or compares; models that Hone writes carry it in their metadata as {@code hone.scores}:
 *
 * <pre>{@code {"output": "y", "meaning": "probabilities", "reason": "Softmax over the classes"}}</pre>
 *
 * @param output the name of the output that scores are read from
 * @param reason how that was found, in a few words
 * @param others names of outputs that could be meant as well
 */
public record ClassScores(String output, Meaning meaning, String reason, List<String> others) {
    private static final String KEY = "hone.scores";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What is said of a model that Hone trained, whose outputs have fixed names. */
    private static final String BY_HONE = "written by Hone";

    /** What the numbers are. */
    public enum Meaning {
        /** Numbers of any size, of which a softmax makes probabilities. */
        LOGITS,
        /** Probabilities of classes that exclude each other: they sum to 1. */
        PROBABILITIES,
        /** Probabilities times a number that is the same for all samples, such as percent. */
        SHARES,
        /** Logarithms of such probabilities. */
        LOG_PROBABILITIES,
        /** A probability for each class by itself, as of a model with several labels; they need not sum to 1. */
        INDEPENDENT_PROBABILITIES,
        /** One number: the probability of the second of two classes. */
        PROBABILITY_OF_SECOND;

        /** As in files: {@code log-probabilities}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** What the number of one class is called. */
        String singular() {
            return switch (this) {
                case LOGITS -> "logit";
                case PROBABILITIES, INDEPENDENT_PROBABILITIES, PROBABILITY_OF_SECOND -> "probability";
                case LOG_PROBABILITIES -> "log probability";
                case SHARES -> "score";
            };
        }
    }

    /** {@code probabilities (Softmax over the classes)}, for people. */
    public String text() {
        return meaning.label().replace('-', ' ') + " (" + reason + ")";
    }

    /** Whether they are between 0 and 1. */
    public boolean areProbabilities() {
        return meaning == Meaning.PROBABILITIES
                || meaning == Meaning.INDEPENDENT_PROBABILITIES
                || meaning == Meaning.PROBABILITY_OF_SECOND;
    }

    /** What a user should know before trusting predictions, or an empty text. */
    public String note() {
        if (!others.isEmpty()) {
            return "scores are read from its output '" + output + "', the first of several of their form; others are "
                    + Names.some(others) + "; remove what is not meant from the file";
        }
        return meaning == Meaning.INDEPENDENT_PROBABILITIES
                ? "each class has a probability of its own, and they need not sum to 1; the most probable class is "
                        + "predicted"
                : "";
    }

    /** Makes probabilities of one sample's scores [K], in place; a single probability was brought to two before. */
    public void toProbabilities(float[] row) {
        switch (meaning) {
            case LOGITS, LOG_PROBABILITIES -> ClassOutputs.softmax(row);
            case SHARES -> ClassOutputs.normalize(row);
            case PROBABILITIES, INDEPENDENT_PROBABILITIES, PROBABILITY_OF_SECOND -> {}
        }
    }

    /** Puts it into a model's metadata. */
    public void writeTo(Map<String, String> metadata) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("output", output).put("meaning", meaning.label()).put("reason", reason);
        metadata.put(KEY, root.toString());
    }

    /**
     * What a model's metadata say, or null.
     *
     * @throws HoneException if that is damaged
     */
    static ClassScores read(Map<String, String> metadata) {
        String text = metadata.get(KEY);
        if (text == null) {
            return null;
        }
        try {
            JsonNode root = MAPPER.readTree(text);
            String meaning = root.path("meaning").asText();
            for (Meaning known : Meaning.values()) {
                if (known.label().equals(meaning) && root.path("output").isTextual()) {
                    return new ClassScores(
                            root.get("output").textValue(),
                            known,
                            root.path("reason").asText(),
                            List.of());
                }
            }
        } catch (JsonProcessingException e) {
            throw new HoneException("the model's metadata '" + KEY + "' is not JSON, " + e.getOriginalMessage(), e);
        }
        throw new HoneException(
                "the model's metadata '" + KEY + "' names no output, or no meaning of its scores that is known");
    }

    /**
     * What the metadata of a model say, or the names of the outputs of a model that Hone trained: {@code probabilities}, else
     * the first is logits. Null where neither says it.
     *
     * @throws HoneException if they name an output that there is not
     */
    public static ClassScores declared(Session session) {
        Map<String, String> metadata = session.metadata();
        ClassScores said = read(metadata);
        if (said == null) {
            return ModelCard.isIn(metadata) ? byNames(session) : null;
        }
        if (session.outputs().stream().noneMatch(output -> output.name().equals(said.output))) {
            throw new HoneException("the model's metadata '" + KEY + "' names the output '" + said.output
                    + "', which there is not among "
                    + session.outputs().stream().map(TensorInfo::name).toList());
        }
        return said;
    }

    /** By the names of the outputs, which hold for models in training: {@code probabilities}, else the first is logits. */
    public static ClassScores byNames(Session session) {
        boolean probabilities =
                session.outputs().stream().anyMatch(output -> output.name().equals(ScoreOutput.PROBABILITIES));
        return probabilities
                ? trained()
                : new ClassScores(session.outputs().get(0).name(), Meaning.LOGITS, BY_HONE, List.of());
    }

    public static ClassScores byNames(Graph graph) {
        boolean logits = graph.outputs().stream().noneMatch(o -> o.name().equals(ScoreOutput.PROBABILITIES));
        return logits && !graph.outputs().isEmpty()
                ? new ClassScores(graph.outputs().get(0).name(), Meaning.LOGITS, BY_HONE, List.of())
                : trained();
    }

    /** What is true of every classifier that Hone trains. */
    private static ClassScores trained() {
        return new ClassScores(ScoreOutput.PROBABILITIES, Meaning.PROBABILITIES, BY_HONE, List.of());
    }
}
