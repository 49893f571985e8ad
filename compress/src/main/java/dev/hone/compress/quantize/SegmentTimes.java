package dev.hone.compress.quantize;

import dev.hone.compress.plan.Border;
import dev.hone.compress.plan.Choice;
import dev.hone.compress.plan.ShortestPath.Junction;
import dev.hone.compress.quantize.SegmentModels.Part;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.Segment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Times the segments of a network: each sensible set of nodes in INT8, with bytes or floats at its borders. */
final class SegmentTimes {
    /** Names of the two choices that every segment has. */
    static final String FP32 = "FP32";

    static final String INT8 = "INT8";

    /** Models timed in turn are open together; more than so many bytes of them are timed in parts. */
    private static final long MOST_BYTES = 256L << 20;

    /** Candidates that are also timed with floats at the borders, besides everything and nothing in INT8. */
    private static final int FINALISTS = 4;

    private final SegmentModels models;
    private final Set<String> asked;
    private final Stopwatch stopwatch;
    private final Map<String, Double> rough = new HashMap<>();
    private final Map<String, Double> known = new HashMap<>();
    private final Map<String, Double> savings = new HashMap<>();

    /** @param asked nodes that stay in FP32 whatever they take, by the names of their outputs */
    SegmentTimes(SegmentModels models, Set<String> asked, Stopwatch stopwatch) {
        this.models = models;
        this.asked = asked;
        this.stopwatch = stopwatch;
    }

    /** A segment with its choices, each with the nodes that compute in INT8, by the names of their outputs. */
    record Timed(Segment segment, Map<Choice, Set<String>> choices) {
        /** The choice of a name with given borders, or null. */
        Choice choice(String name, Border in, Border out) {
            return choices.keySet().stream()
                    .filter(c -> c.name().equals(name) && c.in() == in && c.out() == out)
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * Times all candidates with bytes at both borders, to find the best; then these, everything and nothing in INT8,
     * with each form at either border, in turn. Control flow has one choice and is not run: on noise a Loop may not end,
     * and whatever it takes, it takes in every plan.
     *
     * @param count of segments; the first begins and the last ends with floats
     */
    Timed time(Segment segment, int count) {
        if (segment.isFixed()) {
            return new Timed(segment, Map.of(new Choice(FP32, Border.FLOAT, Border.FLOAT, 0, false, false), Set.of()));
        }
        List<Border> from = segment.index() == 0 ? List.of(Border.FLOAT) : List.of(Border.BYTES, Border.FLOAT);
        List<Border> to = segment.index() == count - 1 ? List.of(Border.FLOAT) : List.of(Border.BYTES, Border.FLOAT);
        Map<Set<String>, String> candidates = Candidates.of(segment);
        Map<Set<String>, Part> first = distinct(segment, candidates.keySet(), from.get(0), to.get(0));
        measure(first.values(), rough);
        Set<Set<String>> best = first.entrySet().stream()
                .sorted(Comparator.comparingDouble(e -> rough.get(e.getValue().key())))
                .limit(FINALISTS)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        Map<Set<String>, String> finalists = new LinkedHashMap<>(candidates);
        finalists
                .keySet()
                .removeIf(keepFp32 -> !best.contains(keepFp32)
                        && !candidates.get(keepFp32).equals(FP32)
                        && !candidates.get(keepFp32).equals(INT8));
        Map<Choice, Part> parts = new LinkedHashMap<>();
        for (Border in : from) {
            for (Border out : to) {
                distinct(segment, finalists.keySet(), in, out)
                        .forEach((keepFp32, part) -> parts.put(
                                new Choice(finalists.get(keepFp32), in, out, 0, part.integerHead(), part.integerTail()),
                                part));
            }
        }
        measure(parts.values(), known);
        Map<Choice, Set<String>> timed = new LinkedHashMap<>();
        parts.forEach((c, part) -> timed.put(
                new Choice(c.name(), c.in(), c.out(), known.get(part.key()), c.integerHead(), c.integerTail()),
                part.integers()));
        return new Timed(segment, timed);
    }

    /** The parts that candidates make, one for each set of nodes in INT8. */
    private Map<Set<String>, Part> distinct(
            Segment segment, Collection<Set<String>> candidates, Border in, Border out) {
        Map<Set<String>, Part> written = new LinkedHashMap<>();
        Set<Set<String>> seen = new HashSet<>();
        for (Set<String> keepFp32 : candidates) {
            Part part = write(segment, keepFp32, in, out);
            if (seen.add(part.integers())) {
                written.put(keepFp32, part);
            }
        }
        return written;
    }

    private Part write(Segment segment, Set<String> keepFp32, Border in, Border out) {
        Set<String> all = new LinkedHashSet<>(asked);
        all.addAll(keepFp32);
        return models.write(segment.nodes(), segment.in(), segment.out(), segment.outputs(), all, in, out);
    }

    /** Times what has not been timed yet. */
    private void measure(Collection<Part> parts, Map<String, Double> times) {
        Map<String, byte[]> fresh = new LinkedHashMap<>();
        long bytes = 0;
        for (Part part : parts) {
            if (!times.containsKey(part.key()) && fresh.putIfAbsent(part.key(), part.model()) == null) {
                bytes += part.model().length;
            }
            if (bytes > MOST_BYTES) {
                measure(fresh, times);
                fresh.clear();
                bytes = 0;
            }
        }
        measure(fresh, times);
    }

    private void measure(Map<String, byte[]> fresh, Map<String, Double> times) {
        if (!fresh.isEmpty()) {
            double[] milliseconds = stopwatch.time(List.copyOf(fresh.values()));
            int i = 0;
            for (String key : fresh.keySet()) {
                times.put(key, milliseconds[i++]);
            }
        }
    }

    /** What neighbours save: the time of two alone less that of both together, in FP32 and in INT8. */
    Junction junction(Timed left, Timed right, int count) {
        if (left.segment.isFixed() || right.segment.isFixed()) {
            return Junction.NONE;
        }
        Border in = left.segment.index() == 0 ? Border.FLOAT : Border.BYTES;
        Border out = right.segment.index() == count - 1 ? Border.FLOAT : Border.BYTES;
        return new Junction(
                saving(FP32, left, right, Border.FLOAT, Border.FLOAT, Border.FLOAT),
                saving(INT8, left, right, in, Border.BYTES, out));
    }

    /** All three are timed in turn, since a difference of times taken one after the other would be mostly noise. */
    private double saving(String name, Timed left, Timed right, Border in, Border between, Border out) {
        if (left.choice(name, in, between) == null || right.choice(name, between, out) == null) {
            return 0;
        }
        Set<String> first = keepFp32(name, left.segment);
        Set<String> second = keepFp32(name, right.segment);
        Part a = write(left.segment, first, in, between);
        Part b = write(right.segment, second, between, out);
        List<Node> nodes = new ArrayList<>(left.segment.nodes());
        nodes.addAll(right.segment.nodes());
        List<Value> outputs = new ArrayList<>(left.segment.outputs());
        outputs.addAll(right.segment.outputs());
        Set<String> both = new LinkedHashSet<>(first);
        both.addAll(second);
        Part together = write(new Segment(0, left.segment.in(), right.segment.out(), nodes, outputs), both, in, out);
        return savings.computeIfAbsent(together.key(), key -> {
            double[] times = stopwatch.time(List.of(a.model(), b.model(), together.model()));
            return Math.max(0, Math.min(times[0] + times[1] - times[2], Math.min(times[0], times[1])));
        });
    }

    private static Set<String> keepFp32(String name, Segment segment) {
        return Candidates.of(segment).entrySet().stream()
                .filter(e -> e.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(Set.of());
    }
}
