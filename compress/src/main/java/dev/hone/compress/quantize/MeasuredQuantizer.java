package dev.hone.compress.quantize;

import dev.hone.compress.plan.Border;
import dev.hone.compress.plan.Choice;
import dev.hone.compress.plan.Segment;
import dev.hone.compress.plan.SeriesCuts;
import dev.hone.compress.plan.ShortestPath;
import dev.hone.compress.plan.ShortestPath.Junction;
import dev.hone.compress.quantize.PlanReport.Region;
import dev.hone.compress.quantize.PlanReport.Whole;
import dev.hone.compress.quantize.SegmentModels.Part;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Quantization that is never slower than float on the machine that it is done on. The network is cut into segments; for
 * each, the sensible sets of nodes in integers are timed, with the conversions at its borders; the cheapest sequence is
 * found by a shortest path; and at last whole models are timed in turn: float, everything in integers, the plan. The
 * fastest is taken.
 */
public final class MeasuredQuantizer {
    private static final Duration PER_PART = Duration.ofMillis(40);
    private static final Duration PER_MODEL = Duration.ofMillis(1500);

    /** A segment ends at the first good place after so many products. */
    private static final int PRODUCTS = 2;

    /** Less than this is no difference: by so much integers have to be faster than float. */
    private static final double MARGIN = 0.02;

    private final Model model;
    private final Quantizer.Calibrated calibrated;
    private final Stopwatch parts;
    private final Stopwatch wholes;
    private final ProgressListener progress;
    private final Map<String, Double> known = new HashMap<>();
    private final Map<String, Double> savings = new HashMap<>();

    private MeasuredQuantizer(
            Model model,
            Quantizer.Calibrated calibrated,
            Stopwatch parts,
            Stopwatch wholes,
            ProgressListener progress) {
        this.model = model;
        this.calibrated = calibrated;
        this.parts = parts;
        this.wholes = wholes;
        this.progress = progress;
    }

    /**
     * Quantizes by time measured on this machine, with the options' session.
     *
     * @throws QuantizationException as {@link Quantizer#quantize} does
     */
    public static MeasuredResult quantize(
            Model model, CalibrationData data, QuantizeOptions options, ProgressListener progress) {
        return quantize(
                model,
                data,
                options,
                progress,
                new SessionStopwatch(options.session(), PER_PART),
                new SessionStopwatch(options.session(), PER_MODEL));
    }

    /**
     * @param parts times parts of the network
     * @param wholes times whole models
     */
    static MeasuredResult quantize(
            Model model,
            CalibrationData data,
            QuantizeOptions options,
            ProgressListener progress,
            Stopwatch parts,
            Stopwatch wholes) {
        Quantizer.Calibrated calibrated = Quantizer.calibrate(model, data, options, progress);
        return new MeasuredQuantizer(model, calibrated, parts, wholes, progress).run();
    }

    private MeasuredResult run() {
        Model prepared = Quantizer.prepare(model);
        Set<String> asked = left(prepared);
        List<Timed> segments = new ArrayList<>();
        List<Segment> cut = cut(prepared.graph());
        SegmentModels models = new SegmentModels(
                prepared,
                calibrated.scales(),
                calibrated.options().withQuantizeFirst(true).withQuantizeLast(true));
        for (Segment segment : cut) {
            progress.progress("timing part " + (segment.index() + 1) + " of " + cut.size(), segment.index());
            segments.add(time(segment, models, asked, cut.size()));
        }
        ShortestPath.Path path = ShortestPath.find(
                segments.stream().map(s -> List.copyOf(s.parts.keySet())).toList(), junctions(segments, models, asked));
        progress.progress("timing whole models", cut.size());
        return compare(segments, path, asked);
    }

    /** Nodes with weights that stay in float whatever they take, by the names of their outputs. */
    private Set<String> left(Model prepared) {
        Set<String> names = new LinkedHashSet<>(calibrated.options().keepFloat());
        Plan.of(prepared.graph(), calibrated.options())
                .left()
                .keySet()
                .forEach(n -> names.add(n.output().name()));
        return names;
    }

    private static List<Segment> cut(Graph graph) {
        Value input = graph.inputs().stream()
                .filter(v -> v.constant() == null)
                .findFirst()
                .orElseThrow();
        boolean plain = graph.nodes().stream().allMatch(n -> n.subgraphs().isEmpty());
        if (!plain || input.shape() == null) {
            return List.of();
        }
        return SeriesCuts.of(
                graph,
                input,
                value -> value.uses().stream().anyMatch(u -> Traits.of(u.node()) == Traits.Trait.WEIGHTED),
                node -> Traits.of(node) == Traits.Trait.WEIGHTED,
                PRODUCTS);
    }

    /** A segment with its choices, each with the model that was timed. */
    private record Timed(Segment segment, Map<Choice, Part> parts) {
        /** All that can be in integers, or nothing, with given borders. */
        Choice extreme(String name, Border in, Border out) {
            return parts.keySet().stream()
                    .filter(c -> c.name().equals(name) && c.in() == in && c.out() == out)
                    .findFirst()
                    .orElse(null);
        }
    }

    private Timed time(Segment segment, SegmentModels models, Set<String> asked, int count) {
        Map<String, Part> written = new LinkedHashMap<>();
        Map<String, Choice> choices = new LinkedHashMap<>();
        Border[] from = segment.index() == 0 ? new Border[] {Border.FLOAT} : Border.values();
        Border[] to = segment.index() == count - 1 ? new Border[] {Border.FLOAT} : Border.values();
        for (Map.Entry<Set<String>, String> candidate : Candidates.of(segment).entrySet()) {
            for (Border in : from) {
                for (Border out : to) {
                    Part part = write(segment, models, asked, candidate.getKey(), in, out);
                    String identity = in + " " + out + " " + new TreeSet<>(part.integers());
                    if (written.putIfAbsent(identity, part) == null) {
                        choices.put(
                                identity,
                                new Choice(candidate.getValue(), in, out, 0, part.integerHead(), part.integerTail()));
                    }
                }
            }
        }
        measure(List.copyOf(written.values()));
        Map<Choice, Part> timed = new LinkedHashMap<>();
        choices.forEach((identity, c) -> timed.put(
                new Choice(
                        c.name(),
                        c.in(),
                        c.out(),
                        known.get(written.get(identity).key()),
                        c.integerHead(),
                        c.integerTail()),
                written.get(identity)));
        return new Timed(segment, timed);
    }

    private static Part write(
            Segment segment, SegmentModels models, Set<String> asked, Set<String> keepFloat, Border in, Border out) {
        Set<String> all = new LinkedHashSet<>(asked);
        all.addAll(keepFloat);
        return models.write(segment.nodes(), segment.in(), segment.out(), segment.outputs(), all, in, out);
    }

    /** Times what has not been timed yet. */
    private void measure(List<Part> some) {
        Map<String, byte[]> fresh = new LinkedHashMap<>();
        for (Part part : some) {
            if (!known.containsKey(part.key())) {
                fresh.put(part.key(), part.model());
            }
        }
        if (!fresh.isEmpty()) {
            double[] times = parts.time(List.copyOf(fresh.values()));
            int i = 0;
            for (String key : fresh.keySet()) {
                known.put(key, times[i++]);
            }
        }
    }

    /** What neighbours save: the time of two alone less that of both together, in float and in integers. */
    private List<Junction> junctions(List<Timed> segments, SegmentModels models, Set<String> asked) {
        List<Junction> junctions = new ArrayList<>();
        for (int k = 0; k + 1 < segments.size(); k++) {
            progress.progress("timing neighbours " + (k + 1) + " of " + (segments.size() - 1), segments.size());
            Timed left = segments.get(k);
            Timed right = segments.get(k + 1);
            Border in = k == 0 ? Border.FLOAT : Border.BYTES;
            Border out = k + 2 == segments.size() ? Border.FLOAT : Border.BYTES;
            Set<String> all = new LinkedHashSet<>(asked);
            floats(left.segment).forEach(all::add);
            floats(right.segment).forEach(all::add);
            Part floats = together(left, right, models, all, Border.FLOAT, Border.FLOAT);
            Part integers = together(left, right, models, asked, in, out);
            junctions.add(new Junction(
                    saving(
                            left.extreme("float", Border.FLOAT, Border.FLOAT),
                            right.extreme("float", Border.FLOAT, Border.FLOAT),
                            floats,
                            left,
                            right),
                    saving(
                            left.extreme("integers", in, Border.BYTES),
                            right.extreme("integers", Border.BYTES, out),
                            integers,
                            left,
                            right)));
        }
        return junctions;
    }

    /** All three are timed in turn, since a difference of times taken one after the other would be mostly noise. */
    private double saving(Choice left, Choice right, Part both, Timed leftParts, Timed rightParts) {
        if (left == null || right == null) {
            return 0;
        }
        Double saving = savings.get(both.key());
        if (saving == null) {
            double[] times = parts.time(List.of(
                    leftParts.parts.get(left).model(),
                    rightParts.parts.get(right).model(),
                    both.model()));
            saving = Math.max(0, Math.min(times[0] + times[1] - times[2], Math.min(times[0], times[1])));
            savings.put(both.key(), saving);
        }
        return saving;
    }

    private static Set<String> floats(Segment segment) {
        return Candidates.of(segment).entrySet().stream()
                .filter(e -> e.getValue().equals("float"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(Set.of());
    }

    private static Part together(
            Timed left, Timed right, SegmentModels models, Set<String> keepFloat, Border in, Border out) {
        List<Node> nodes = new ArrayList<>(left.segment.nodes());
        nodes.addAll(right.segment.nodes());
        List<Value> outputs = new ArrayList<>(left.segment.outputs());
        outputs.addAll(right.segment.outputs());
        return models.write(nodes, left.segment.in(), right.segment.out(), outputs, keepFloat, in, out);
    }

    // ---- whole models

    private MeasuredResult compare(List<Timed> segments, ShortestPath.Path path, Set<String> asked) {
        Map<String, QuantizationResult> made = new LinkedHashMap<>();
        made.put("everything in integers", Quantizer.write(Quantizer.prepare(model), calibrated, asked));
        if (path != null) {
            Set<String> keepFloat = new LinkedHashSet<>(asked);
            for (int k = 0; k < segments.size(); k++) {
                Set<String> integers =
                        segments.get(k).parts.get(path.choices().get(k)).integers();
                for (Node node : segments.get(k).segment.nodes()) {
                    if (!integers.contains(node.output().name())) {
                        keepFloat.add(node.output().name());
                    }
                }
            }
            QuantizationResult planned = Quantizer.write(Quantizer.prepare(model), calibrated, keepFloat);
            made.put("the plan", planned);
        }
        List<byte[]> files = new ArrayList<>();
        files.add(OnnxWriter.toBytes(model));
        made.values().forEach(r -> files.add(OnnxWriter.toBytes(r.model())));
        double[] times = wholes.time(files);
        List<String> names = new ArrayList<>(List.of("float"));
        names.addAll(made.keySet());
        int best = 0;
        for (int i = 1; i < times.length; i++) {
            if (times[i] < (best == 0 ? times[0] * (1 - MARGIN) : times[best])) {
                best = i;
            }
        }
        List<Whole> measured = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            measured.add(new Whole(names.get(i), times[i]));
        }
        String verdict = best == 0
                ? "integers are not faster than float on this machine; the float model is kept"
                : String.format(
                        Locale.ROOT, "%s is %.2f times as fast as float", names.get(best), times[0] / times[best]);
        QuantizationResult result =
                best == 0 ? kept(verdict) : List.copyOf(made.values()).get(best - 1);
        return new MeasuredResult(
                result,
                new PlanReport(
                        regions(segments, path),
                        path == null ? Double.NaN : path.milliseconds(),
                        measured,
                        best,
                        verdict));
    }

    private QuantizationResult kept(String verdict) {
        Model copy = OnnxReader.read(OnnxWriter.toBytes(model));
        copy.metadata().put(Quantizer.METADATA_KEY, "none: " + verdict);
        return new QuantizationResult(copy, calibrated.images(), 0, Map.of());
    }

    private static List<Region> regions(List<Timed> segments, ShortestPath.Path path) {
        List<Region> regions = new ArrayList<>();
        for (int k = 0; path != null && k < segments.size(); k++) {
            Timed timed = segments.get(k);
            Choice chosen = path.choices().get(k);
            double floats = milliseconds(timed.extreme("float", Border.FLOAT, Border.FLOAT));
            double integers = milliseconds(timed.extreme("integers", chosen.in(), chosen.out()));
            regions.add(new Region(
                    timed.segment.name(),
                    List.copyOf(timed.parts.keySet()),
                    chosen,
                    floats,
                    integers,
                    why(chosen, floats, integers)));
        }
        return regions;
    }

    private static double milliseconds(Choice choice) {
        return choice == null ? Double.NaN : choice.milliseconds();
    }

    private static String why(Choice chosen, double floats, double integers) {
        if (chosen.name().equals("float")) {
            return String.format(Locale.ROOT, "integers would take %.3f ms, conversions included", integers);
        }
        return String.format(Locale.ROOT, "float takes %.3f ms, all in integers %.3f ms", floats, integers);
    }
}
