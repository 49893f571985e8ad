package dev.hone.model;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.FixedBatch;
import dev.hone.graph.analysis.ScoreLink;
import dev.hone.graph.analysis.ScoreOutput;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.graph.op.ShapeInference;
import dev.hone.model.ClassScores.Meaning;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Finds out what the scores of a model mean that Hone did not make: by the operator that it ends in and, where that leaves it
 * open, by what it gives for a few inputs of different kinds.
 */
final class ScoreAnalysis {
    /** How far a sum of probabilities may be from 1: half precision, or a clip to 1e-7. */
    private static final double TOLERANCE = 2e-3;

    /** The same where probabilities are rounded to steps of 1/256. */
    private static final double ROUNDED = 0.05;

    private final Path file;
    private final Model model;
    private final Session opened;
    private final PixelRange pixels;
    private final SessionOptions options;
    private final Value output;
    private final int classes;
    private final List<Value> others;
    private final ScoreLink link;

    private ScoreAnalysis(Path file, Model model, Session opened, PixelRange pixels, SessionOptions options) {
        this.file = file;
        this.model = model;
        this.opened = opened;
        this.pixels = pixels;
        this.options = options;
        FixedBatch.bind(model);
        ShapeInference.run(model);
        ScoreOutput found = ScoreOutput.of(model.graph());
        this.output = found.value();
        this.classes = found.classes();
        this.others = found.others();
        this.link = ScoreLink.behind(output);
    }

    /**
     * @param file what the model is called
     * @param model as it was read; its shapes are inferred, and a batch that is open in the file only becomes a number
     * @param opened a session over the file, or null
     * @param pixels what it expects of the pixels of images
     * @throws HoneException if its outputs are no scores of classes
     */
    static ClassScores of(Path file, Model model, Session opened, PixelRange pixels, SessionOptions options) {
        return new ScoreAnalysis(file, model, opened, pixels, options).decide();
    }

    private ClassScores decide() {
        if (classes == 0) {
            throw new HoneException(file + ": output " + output + " is no list of class scores" + hint()
                    + "; expected float [N,K] or [N,K,1,1] with K of 2 or more, or [N,1] behind a Sigmoid");
        }
        if (link != null && !link.overClasses()) {
            throw new HoneException(
                    file + ": " + link.node().label() + " before output " + output
                            + " works over axis " + link.node().intAttribute("axis", -1)
                            + ", which is not that of the classes; export the model with a Softmax over the classes, or without one");
        }
        if (link != null) {
            switch (link.node().op()) {
                case "Softmax" -> {
                    return is(Meaning.PROBABILITIES, "Softmax over the classes");
                }
                case "LogSoftmax" -> {
                    return is(Meaning.LOG_PROBABILITIES, "LogSoftmax over the classes");
                }
                case "Hardmax" -> {
                    return is(Meaning.PROBABILITIES, "Hardmax, 1 for the predicted class");
                }
                default -> {
                    if (classes == 1) {
                        return is(Meaning.PROBABILITY_OF_SECOND, "Sigmoid of a single score");
                    }
                    if (classes > 2) {
                        return independent();
                    }
                }
            }
        }
        return probed();
    }

    private ClassScores is(Meaning meaning, String reason) {
        return new ClassScores(
                output.name(), meaning, reason, others.stream().map(Value::name).toList());
    }

    private ClassScores independent() {
        return is(Meaning.INDEPENDENT_PROBABILITIES, "Sigmoid of each class; they need not sum to 1");
    }

    /** Why an output is no list of scores, where that is known. */
    private String hint() {
        if (ScoreOutput.isSorted(output)) {
            return ", but of the largest ones in their order (TopK); export the scores that it chooses from";
        }
        Node node = output.producer();
        while (node != null && (node.is("Cast") || OperatorTraits.is(node, Fact.VIEW))) {
            node = node.input(0).producer();
        }
        return node != null && node.is("ArgMax")
                ? ", but of class numbers (ArgMax); export the scores that it takes the largest of"
                : "";
    }

    // ---- by what it gives

    private ClassScores probed() {
        List<float[]> rows = rows();
        if (rows == null) {
            return unprobed();
        }
        String tried = " in " + rows.size() + " trial runs";
        if (classes == 1) {
            return single(rows);
        }
        if (!rows.isEmpty() && rows.stream().allMatch(this::isDistribution)) {
            return is(Meaning.PROBABILITIES, "between 0 and 1 with a sum of 1" + tried);
        }
        if (!rows.isEmpty() && rows.stream().allMatch(this::isLog)) {
            return is(Meaning.LOG_PROBABILITIES, "logarithms of probabilities with a sum of 1" + tried);
        }
        if (link != null) {
            return independent();
        }
        if (areShares(rows)) {
            return is(Meaning.SHARES, "not negative, with the same sum" + tried);
        }
        if (!rows.isEmpty() && rows.stream().allMatch(this::isWithin)) {
            if (endsBounded() || selectsProbability()) {
                return is(Meaning.INDEPENDENT_PROBABILITIES, "between 0 and 1 for each class; they need not sum to 1");
            }
            ClassScores each = independent();
            if (LogitsSearch.find(model, each, pixels, options) != null) {
                return each;
            }
        }
        return is(Meaning.LOGITS, "no Softmax at the end, and no sum of 1 in trial runs");
    }

    /** What it gives for several inputs; null where nothing can be tried. */
    private List<float[]> rows() {
        ClassScores raw = is(Meaning.LOGITS, "");
        if (opened != null && ScoreForm.isIn(opened, raw)) {
            return rows(opened);
        }
        Model formed = ScoreForm.column(model.copy(), raw);
        try (Session session = Session.open(OnnxWriter.toBytes(formed), options)) {
            return rows(session);
        }
    }

    private List<float[]> rows(Session session) {
        ScoreProbe probe = ScoreProbe.of(session, pixels);
        if (probe == null) {
            return null;
        }
        // One run is enough for most: logits are not between 0 and 1.
        float[] first = probe.run(session, 0, List.of(output.name())).get(output.name());
        boolean open = !ScoreProbe.isFinite(first) || isShareOf(sum(first), first) || isWithin(first) || isLog(first);
        return open ? probe.rows(session, output.name()) : List.of(first);
    }

    /** Where the size of its input is not known, nothing can be tried. */
    private ClassScores unprobed() {
        if (classes == 1) {
            throw noSigmoid();
        }
        return link != null ? independent() : is(Meaning.LOGITS, "no Softmax at the end");
    }

    private ClassScores single(List<float[]> rows) {
        ClassScores second = is(Meaning.PROBABILITY_OF_SECOND, "between 0 and 1, made by a function like a Sigmoid");
        if (!rows.isEmpty()
                && rows.stream().allMatch(this::isWithin)
                && (endsBounded()
                        || selectsProbability()
                        || LogitsSearch.find(model, second, pixels, options) != null)) {
            return second;
        }
        throw noSigmoid();
    }

    private HoneException noSigmoid() {
        return new HoneException(file + ": output " + output + " is one score without a Sigmoid, which may mean "
                + "anything; for two classes end the model in a Sigmoid, the probability of the second, or in scores "
                + "[N,2]");
    }

    /** Whether the last operator gives nothing but 0 to 1, as a HardSigmoid. */
    private boolean endsBounded() {
        Node node = output.producer();
        while (node != null && (node.is("Cast") || OperatorTraits.is(node, Fact.VIEW))) {
            node = node.input(0).producer();
        }
        double[] range = node == null ? null : OperatorTraits.of(node).range();
        return range != null && range[0] == 0 && range[1] == 1;
    }

    /** Whether it is some of the probabilities that a Softmax gives, as without those of a background. */
    private boolean selectsProbability() {
        Node node = output.producer();
        while (node != null
                && (node.is("Cast")
                        || node.is("Clip")
                        || OperatorTraits.is(node, Fact.VIEW)
                        || OperatorTraits.is(node, Fact.MOVES))) {
            node = node.input(0).producer();
        }
        return node != null && OperatorTraits.is(node, Fact.LINK) && !node.is("LogSoftmax");
    }

    private double tolerance() {
        Node node = output.producer();
        while (node != null && (node.is("Cast") || OperatorTraits.is(node, Fact.VIEW))) {
            node = node.input(0).producer();
        }
        return node != null && OperatorTraits.is(node, Fact.QUANTIZATION)
                ? Math.max(ROUNDED, Math.min(0.5, classes / 512.0))
                : TOLERANCE;
    }

    private boolean isWithin(float[] row) {
        for (float value : row) {
            if (!(value >= -TOLERANCE && value <= 1 + TOLERANCE)) {
                return false;
            }
        }
        return true;
    }

    private static double sum(float[] row) {
        double sum = 0;
        for (float value : row) {
            sum += value;
        }
        return sum;
    }

    private boolean isDistribution(float[] row) {
        return isWithin(row) && Math.abs(sum(row) - 1) <= tolerance();
    }

    /** Whether all have one sum; a model that always gives the same is no witness. */
    private static boolean areShares(List<float[]> rows) {
        return rows.size() > 2
                && sum(rows.get(0)) > 0
                && rows.stream().anyMatch(row -> !Arrays.equals(row, rows.get(0)))
                && rows.stream().allMatch(row -> isShareOf(sum(rows.get(0)), row));
    }

    /** Whether they are probabilities times a number, such as percent. */
    private static boolean isShareOf(double sum, float[] row) {
        for (float value : row) {
            if (!(value >= 0)) {
                return false;
            }
        }
        return Math.abs(sum(row) - sum) <= 1e-4 * sum;
    }

    private boolean isLog(float[] row) {
        double sum = 0;
        for (float value : row) {
            if (!(value <= TOLERANCE)) {
                return false;
            }
            sum += Math.exp(value);
        }
        return Math.abs(sum - 1) <= tolerance();
    }

    /** As float, whatever it was. */
    static Value asFloat(Ops ops, Value value) {
        return value.type() == ElementType.FLOAT ? value : ops.cast(value, ElementType.FLOAT);
    }

    static Value output(Graph graph, ClassScores scores) {
        return graph.outputs().stream()
                .filter(output -> output.name().equals(scores.output()))
                .findFirst()
                .orElseThrow(() -> new HoneException(
                        "the model has no output '" + scores.output() + "', its outputs are " + graph.outputs()));
    }
}
