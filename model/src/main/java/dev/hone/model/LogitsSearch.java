package dev.hone.model;

import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.ScoreLink;
import dev.hone.graph.analysis.ScoreOutput;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.graph.op.OperatorTraits;
import dev.hone.graph.op.OperatorTraits.Fact;
import dev.hone.model.ClassScores.Meaning;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the logits behind the probabilities of a model: what goes into the Softmax or Sigmoid at its end, or else, among the
 * last values that it computes, one whose softmax or sigmoid equals its probabilities in all trial runs. So it matters not
 * whether a softmax is one operator, is written out, or has something behind it that changes next to nothing.
 */
final class LogitsSearch {
    /** How many values are looked at, from the output backwards. */
    private static final int MOST = 48;

    /** Smaller probabilities are not compared, as half precision or a clip changes them. */
    private static final double SMALL = 1e-4;

    /** Of the logarithms of larger ones, in half precision. */
    private static final double TOLERANCE = 0.02;

    /** Where probabilities are rounded to steps of 1/256. */
    private static final double ROUNDED = 0.01;

    /** What makes probabilities of logits. */
    enum Function {
        SOFTMAX,
        /** Each class by itself, or a single score. */
        SIGMOID,
        /** Of one value, for the second of two classes; the first has the rest. */
        SIGMOID_OF_SECOND,
        /** Of one value, for the first of two classes. */
        SIGMOID_OF_FIRST
    }

    /** @param logits a value of the model, [N,K] or of another form with as many elements */
    record Found(Value logits, Function function) {}

    private final Model model;
    private final ClassScores scores;
    private final Value output;
    private final int classes;

    private LogitsSearch(Model model, ClassScores scores) {
        this.model = model;
        this.scores = scores;
        this.output = ScoreAnalysis.output(model.graph(), scores);
        this.classes = ScoreOutput.classes(output);
    }

    /** @param model with inferred shapes; null is returned where nothing is found, as for scores that are logits */
    static Found find(Model model, ClassScores scores, PixelRange pixels, SessionOptions options) {
        if (scores.meaning() == Meaning.LOGITS) {
            return null;
        }
        LogitsSearch search = new LogitsSearch(model, scores);
        Found by = search.byGraph();
        return by != null ? by : search.byValues(pixels, options);
    }

    private Found byGraph() {
        ScoreLink link = ScoreLink.behind(output);
        if (link == null || !link.overClasses()) {
            return null;
        }
        return new Found(link.logits(), link.node().is("Sigmoid") ? Function.SIGMOID : Function.SOFTMAX);
    }

    private Found byValues(PixelRange pixels, SessionOptions options) {
        model.graph().uniqueNames();
        List<Value> candidates = candidates();
        Model copy = model.copy();
        Graph graph = copy.graph();
        Map<Value, Value> copies = new LinkedHashMap<>();
        candidates.forEach(candidate -> copies.put(candidate, graph.find(candidate.name())));
        ScoreForm.column(copy, scores);
        Ops ops = new Ops(graph);
        Map<Value, String> names = new LinkedHashMap<>();
        for (Value candidate : candidates) {
            Value value = ops.op("Identity", ScoreAnalysis.asFloat(ops, copies.get(candidate)));
            value.setName(graph.freshName("candidate"));
            graph.addOutput(value);
            names.put(candidate, value.name());
        }
        try (Session session = Session.open(OnnxWriter.toBytes(copy), options)) {
            ScoreProbe probe = ScoreProbe.of(session, pixels);
            return probe == null ? null : search(session, probe, names);
        }
    }

    /** The last values computed before the output that have one element for each class, the nearest first. */
    private List<Value> candidates() {
        Set<Value> seen = new LinkedHashSet<>();
        Deque<Value> next = new ArrayDeque<>(List.of(output));
        List<Value> found = new ArrayList<>();
        while (!next.isEmpty() && seen.size() < MOST) {
            Value at = next.remove();
            Node node = at.producer();
            if (!seen.add(at) || node == null) {
                continue;
            }
            if (at != output && at.type() != null && at.type().isFloat() && fits(at)) {
                found.add(at);
            }
            node.reads().stream().filter(read -> !read.isConstant()).forEach(next::add);
        }
        return found;
    }

    private boolean fits(Value value) {
        Shape shape = value.shape();
        int elements = shape == null ? 0 : ScoreOutput.classes(value);
        return elements > 0 && (elements == classes || classes == 2 && elements == 1 || classes == 1 && elements == 2);
    }

    private Found search(Session session, ScoreProbe probe, Map<Value, String> names) {
        Map<Value, Set<Function>> fitting = new LinkedHashMap<>();
        names.keySet().forEach(value -> fitting.put(value, new LinkedHashSet<>(List.of(Function.values()))));
        List<String> outputs = new ArrayList<>(List.of(scores.output()));
        outputs.addAll(names.values());
        boolean telling = false;
        for (int sample = 0; sample < ScoreProbe.samples(); sample++) {
            Map<String, float[]> rows = probe.run(session, sample, outputs);
            float[] p = rows.get(scores.output());
            if (!ScoreProbe.isFinite(p)) {
                continue;
            }
            scores.toProbabilities(p);
            telling |= isTelling(p);
            fitting.forEach((value, functions) -> functions.removeIf(f -> !fits(f, rows.get(names.get(value)), p)));
        }
        if (!telling) {
            return null;
        }
        for (Map.Entry<Value, Set<Function>> entry : fitting.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                Function function = entry.getValue().iterator().next();
                return new Found(start(entry.getKey(), function, fitting), function);
            }
        }
        return null;
    }

    /** Probabilities of 0 and 1 do not tell one function from another. */
    private static boolean isTelling(float[] p) {
        for (float value : p) {
            if (value > SMALL && value < 1 - SMALL) {
                return true;
            }
        }
        return false;
    }

    private boolean fits(Function function, float[] v, float[] p) {
        if (!ScoreProbe.isFinite(v)) {
            return false;
        }
        boolean exclusive = scores.meaning() != Meaning.INDEPENDENT_PROBABILITIES;
        return switch (function) {
            case SOFTMAX -> {
                float[] q = v.clone();
                ClassOutputs.softmax(q);
                yield exclusive && (p.length == 1 ? q.length == 2 && near(q[1], p[0]) : near(q, p));
            }
            case SIGMOID -> v.length == p.length && (p.length == 1 || !exclusive) && near(sigmoid(v), p);
            case SIGMOID_OF_SECOND -> v.length == 1 && p.length == 2 && near(sigmoid(v)[0], p[1]);
            case SIGMOID_OF_FIRST -> v.length == 1 && p.length == 2 && near(sigmoid(v)[0], p[0]);
        };
    }

    private static float[] sigmoid(float[] v) {
        float[] p = new float[v.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = (float) (1 / (1 + Math.exp(-v[i])));
        }
        return p;
    }

    private boolean near(float[] a, float[] b) {
        boolean near = a.length == b.length;
        for (int i = 0; near && i < a.length; i++) {
            near = near(a[i], b[i]);
        }
        return near;
    }

    private static double log(double p) {
        return Math.log(Math.max(p, SMALL));
    }

    private boolean near(float a, float b) {
        if (output.producer() != null && OperatorTraits.is(output.producer(), Fact.QUANTIZATION)) {
            return Math.abs(a - b) <= ROUNDED;
        }
        return Math.abs(log(a) - log(b)) <= TOLERANCE && Math.abs(log(1 - a) - log(1 - b)) <= TOLERANCE;
    }

    /** Goes back over what keeps the probabilities: a cast, a change of shape, a softmax made stable. */
    private static Value start(Value found, Function function, Map<Value, Set<Function>> fitting) {
        Value at = found;
        while (at.producer() != null && steps(at.producer())) {
            Value before = at.producer().input(0);
            if (!fitting.getOrDefault(before, Set.of()).contains(function)) {
                break;
            }
            at = before;
        }
        return at;
    }

    private static boolean steps(Node node) {
        return node.is("Cast")
                || node.is("LogSoftmax")
                || OperatorTraits.is(node, Fact.VIEW)
                || OperatorTraits.is(node, Fact.QUANTIZATION)
                || node.is("Sub") && isStabilizer(node.input(1));
    }

    /** What a softmax takes from all logits alike, so that nothing overflows. */
    private static boolean isStabilizer(Value shift) {
        Node node = shift.producer();
        return node != null && (node.is("ReduceMax") || node.is("ReduceLogSumExp") || node.is("Log") || node.is("Add"));
    }
}
