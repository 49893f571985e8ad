package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.compress.plan.Border;
import dev.hone.compress.plan.Choice;
import dev.hone.compress.plan.ShortestPath;
import dev.hone.compress.plan.ShortestPath.Junction;
import dev.hone.compress.quantize.PlanReport.Region;
import dev.hone.compress.quantize.SegmentTimes.Timed;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Segment;
import dev.hone.graph.analysis.SeriesCuts;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Quantization that is never slower than FP32 on the machine that it is done on. The network is cut into segments; for
 * each, the sensible sets of nodes in INT8 are timed, with the conversions at its borders; the cheapest sequence is
 * found by a shortest path; and at last whole models are timed in turn: float, all in INT8, the plan. The
 * fastest is taken; of those that differ by no more than noise, the smaller one. Control flow (If, Loop, Scan) is a segment that stays as it is.
 */
public final class MeasuredQuantizer {
    private static final Duration PER_PART = Duration.ofMillis(25);
    private static final Duration PER_MODEL = Duration.ofMillis(1500);

    /** A segment ends at the first good place after so many products. */
    private static final int PRODUCTS = 2;

    /** Regions tried one by one where the plan as a whole is not faster than integers. */
    private static final int MOST_TRIALS = 6;

    private final Model model;
    private final Quantizer.Calibrated calibrated;
    private final Stopwatch parts;
    private final Stopwatch wholes;
    private final Progress progress;

    private MeasuredQuantizer(
            Model model, Quantizer.Calibrated calibrated, Stopwatch parts, Stopwatch wholes, Progress progress) {
        this.model = model;
        this.calibrated = calibrated;
        this.parts = parts;
        this.wholes = wholes;
        this.progress = progress;
    }

    /**
     * Quantizes by time measured on this machine, with the options' session.
     *
     * @throws CompressionException as {@link Quantizer#quantize} does
     */
    public static MeasuredResult quantize(
            Model model, CalibrationData data, QuantizerOptions options, Progress progress) {
        return quantize(model, CalibrationFeeds.of(model, data), options, progress);
    }

    /** The same for a model with any number of inputs. Open sizes are those of the first batch, of which one sample runs. */
    public static MeasuredResult quantize(
            Model model, CalibrationFeeds data, QuantizerOptions options, Progress progress) {
        try (Samples example = Samples.of(data, 1, model)) {
            Map<String, NativeTensor> inputs = example.batches().get(0);
            return quantize(
                    model,
                    data,
                    options,
                    progress,
                    new SessionStopwatch(options.session(), PER_PART, inputs, progress),
                    new SessionStopwatch(options.session(), PER_MODEL, inputs, progress));
        }
    }

    /**
     * @param parts times parts of the network
     * @param wholes times whole models
     */
    static MeasuredResult quantize(
            Model model,
            CalibrationFeeds data,
            QuantizerOptions options,
            Progress progress,
            Stopwatch parts,
            Stopwatch wholes) {
        Quantizer.Calibrated calibrated = Quantizer.calibrate(model, data, options, progress);
        try (Samples example = Samples.of(data, 1, model)) {
            Model prepared = Quantizer.prepare(model);
            SampleShapes.bind(prepared, example.batches().get(0), options.session());
            return new MeasuredQuantizer(model, calibrated, parts, wholes, progress).run(prepared);
        }
    }

    /**
     * Layers moved back to FP32 cost time: whether the model is still no slower than FP32 is measured again.
     *
     * @param mixed a model made by {@link #quantize}, with layers moved back to FP32
     * @return that model; or the FP32 model, where it is the faster of the two
     */
    public static QuantizationResult notSlower(
            QuantizationResult mixed, CalibrationFeeds data, QuantizerOptions options) {
        try (Samples example = Samples.of(data, 1, mixed.origin().model())) {
            return notSlower(
                    mixed,
                    new SessionStopwatch(
                            options.session(), PER_MODEL, example.batches().get(0)));
        }
    }

    static QuantizationResult notSlower(QuantizationResult mixed, Stopwatch wholes) {
        Model floats = mixed.origin().model();
        double[] times = wholes.time(List.of(OnnxWriter.toBytes(floats), OnnxWriter.toBytes(mixed.model())));
        return times[1] <= times[0]
                ? mixed
                : QuantizationResult.ofFloat(
                        floats,
                        mixed.images(),
                        String.format(
                                Locale.ROOT,
                                "with layers moved back to FP32 for accuracy the model takes %.3f ms, FP32 %.3f ms; the "
                                        + "FP32 model is kept",
                                times[1],
                                times[0]));
    }

    private MeasuredResult run(Model prepared) {
        Map<Node, String> left = Plan.of(prepared.graph(), calibrated.options()).left();
        Set<String> asked = new LinkedHashSet<>(calibrated.options().keepFp32());
        left.keySet().forEach(node -> asked.add(node.output().name()));
        Map<String, String> reasons = new HashMap<>();
        left.forEach((node, reason) -> reasons.put(node.label(), reason));
        List<Segment> cut = cut(prepared.graph());
        SegmentTimes times = new SegmentTimes(
                new SegmentModels(
                        prepared,
                        calibrated.scales(),
                        calibrated.options().withQuantizeFirst(true).withQuantizeLast(true)),
                asked,
                parts);
        List<Timed> segments = new ArrayList<>();
        progress.started("timing regions", cut.size());
        for (Segment segment : cut) {
            progress.checkCancelled();
            progress.advanced(segment.index());
            segments.add(times.time(segment, cut.size()));
        }
        List<Junction> junctions = new ArrayList<>();
        progress.started("timing pairs of regions", segments.size() - 1);
        for (int k = 0; k + 1 < segments.size(); k++) {
            progress.checkCancelled();
            progress.advanced(k);
            junctions.add(times.junction(segments.get(k), segments.get(k + 1), cut.size()));
        }
        progress.started("timing whole models", 0);
        PlanSelection contest = new PlanSelection(model, calibrated, wholes, reasons);
        contest.enter(PlanReport.ALL, asked);
        ShortestPath.Path path = ShortestPath.find(
                segments.stream().map(s -> List.copyOf(s.choices().keySet())).toList(),
                anchored(junctions, segments, contest));
        PlanSelection.Outcome outcome = contest.decide(path == null ? asked : best(contest, segments, path, asked));
        return new MeasuredResult(
                outcome.result(),
                new PlanReport(
                        regions(segments, path),
                        path == null ? Double.NaN : path.milliseconds(),
                        outcome.measured(),
                        outcome.chosen(),
                        outcome.summary()));
    }

    /** Junctions by the times of whole models; as they are where control flow takes an unknown part of those. */
    private static List<Junction> anchored(List<Junction> junctions, List<Timed> segments, PlanSelection contest) {
        if (segments.stream().anyMatch(timed -> timed.segment().isFixed())) {
            return junctions;
        }
        double[] extremes = contest.extremes();
        return ShortestPath.anchored(
                junctions,
                sum(segments, SegmentTimes.FP32, Border.FLOAT),
                extremes[0],
                sum(segments, SegmentTimes.INT8, Border.BYTES),
                extremes[1]);
    }

    /** Milliseconds of all segments with one form between them; 0 if one of them has no such choice. */
    private static double sum(List<Timed> segments, String name, Border between) {
        double sum = 0;
        for (int k = 0; k < segments.size(); k++) {
            Choice choice = segments.get(k)
                    .choice(name, k == 0 ? Border.FLOAT : between, k == segments.size() - 1 ? Border.FLOAT : between);
            if (choice == null) {
                return 0;
            }
            sum += choice.milliseconds();
        }
        return sum;
    }

    /** The plan; or, where the whole does not keep what its parts promise, those parts of it that do. */
    private Set<String> best(PlanSelection contest, List<Timed> segments, ShortestPath.Path path, Set<String> asked) {
        Set<String> plan = new LinkedHashSet<>(asked);
        for (int k = 0; k < segments.size(); k++) {
            plan.addAll(floats(segments.get(k), path.choices().get(k)));
        }
        if (contest.enter(PlanReport.PLAN, plan) && contest.isFaster(plan, asked)) {
            return smaller(contest, segments, path, plan, asked);
        }
        Set<String> best = asked;
        List<Integer> promising = IntStream.range(0, segments.size())
                .boxed()
                .filter(k -> !path.choices().get(k).name().equals(SegmentTimes.INT8))
                .sorted(Comparator.comparingDouble(
                        k -> -gain(segments.get(k), path.choices().get(k))))
                .limit(MOST_TRIALS)
                .toList();
        for (int k : promising) {
            Set<String> trial = new LinkedHashSet<>(best);
            trial.addAll(floats(segments.get(k), path.choices().get(k)));
            if (contest.improves("INT8 except some regions", trial, best)) {
                best = trial;
            }
        }
        return best;
    }

    /** The plan without those of its regions in FP32 that gain nothing in the whole, so that the model is smaller. */
    private Set<String> smaller(
            PlanSelection contest, List<Timed> segments, ShortestPath.Path path, Set<String> plan, Set<String> asked) {
        List<Integer> doubtful = IntStream.range(0, segments.size())
                .boxed()
                .filter(k -> !floats(segments.get(k), path.choices().get(k)).isEmpty())
                .sorted(Comparator.comparingDouble(
                        k -> gain(segments.get(k), path.choices().get(k))))
                .limit(MOST_TRIALS)
                .toList();
        Set<String> best = plan;
        for (int k : doubtful) {
            Set<String> trial = new LinkedHashSet<>(best);
            trial.removeAll(floats(segments.get(k), path.choices().get(k)));
            trial.addAll(asked);
            if (!trial.equals(asked) && contest.isAsFast("the plan with fewer regions in FP32", trial, best)) {
                best = trial;
            }
        }
        return best;
    }

    private static Set<String> floats(Timed timed, Choice choice) {
        Set<String> integers = timed.choices().get(choice);
        Set<String> floats = new LinkedHashSet<>();
        for (Node node : timed.segment().nodes()) {
            if (!integers.contains(node.output().name())) {
                floats.add(node.output().name());
            }
        }
        return floats;
    }

    /** What a region alone gains over integers, with the same borders. */
    private static double gain(Timed timed, Choice choice) {
        Choice integers = timed.choice(SegmentTimes.INT8, choice.in(), choice.out());
        return integers == null ? 0 : integers.milliseconds() - choice.milliseconds();
    }

    private static List<Segment> cut(Graph graph) {
        Value input = graph.inputs().stream()
                .filter(v -> v.constant() == null)
                .min(Comparator.comparing(v -> v.type() != ElementType.FLOAT))
                .orElseThrow();
        if (input.shape() == null) {
            return List.of();
        }
        return SeriesCuts.of(
                graph,
                input,
                value -> value.uses().stream().anyMatch(u -> Traits.of(u.node()) == Traits.Trait.WEIGHTED),
                node -> Traits.of(node) == Traits.Trait.WEIGHTED,
                PRODUCTS);
    }

    private static List<Region> regions(List<Timed> segments, ShortestPath.Path path) {
        List<Region> regions = new ArrayList<>();
        for (int k = 0; path != null && k < segments.size(); k++) {
            Timed timed = segments.get(k);
            Choice chosen = path.choices().get(k);
            if (timed.segment().isFixed()) {
                Choice untimed = new Choice(chosen.name(), chosen.in(), chosen.out(), Double.NaN, false, false);
                regions.add(new Region(
                        timed.segment().name(),
                        List.of(),
                        untimed,
                        Double.NaN,
                        Double.NaN,
                        "control flow stays as it is, and is not timed alone"));
                continue;
            }
            double floats = milliseconds(timed.choice(SegmentTimes.FP32, Border.FLOAT, Border.FLOAT));
            double integers = milliseconds(timed.choice(SegmentTimes.INT8, chosen.in(), chosen.out()));
            regions.add(new Region(
                    timed.segment().name(),
                    List.copyOf(timed.choices().keySet()),
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
        String fp32 = String.format(Locale.ROOT, "%.3f", floats);
        String int8 = String.format(Locale.ROOT, "%.3f", integers);
        if (chosen.name().equals(SegmentTimes.FP32) && !fp32.equals(int8)) {
            return "INT8 would take " + int8 + " ms, conversions included";
        }
        return fp32.equals(int8)
                ? "FP32 and INT8 are equally fast, " + fp32 + " ms"
                : "FP32 takes " + fp32 + " ms, all in INT8 " + int8 + " ms";
    }
}
