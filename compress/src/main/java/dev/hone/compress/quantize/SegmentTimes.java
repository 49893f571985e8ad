package dev.hone.compress.quantize;

import dev.hone.compress.plan.Border;
import dev.hone.compress.plan.Choice;
import dev.hone.compress.plan.Segment;
import dev.hone.compress.plan.ShortestPath.Junction;
import dev.hone.compress.quantize.SegmentModels.Part;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Times the segments of a network: each sensible set of nodes in integers, with bytes or floats at its borders. */
final class SegmentTimes {
    /** Names of the two choices that every segment has. */
    static final String FLOAT = "float";

    static final String INTEGERS = "integers";

    /** Models timed in turn are open together; more than so many bytes of them are timed in parts. */
    private static final long MOST_BYTES = 96L << 20;

    private final SegmentModels models;
    private final Set<String> asked;
    private final Stopwatch stopwatch;
    private final Map<String, Double> known = new HashMap<>();
    private final Map<String, Double> savings = new HashMap<>();

    /** @param asked nodes that stay in float whatever they take, by the names of their outputs */
    SegmentTimes(SegmentModels models, Set<String> asked, Stopwatch stopwatch) {
        this.models = models;
        this.asked = asked;
        this.stopwatch = stopwatch;
    }

    /** A segment with its choices, each with the nodes that compute in integers, by the names of their outputs. */
    record Timed(Segment segment, Map<Choice, Set<String>> choices) {
        /** The choice of a name with given borders, or null. */
        Choice choice(String name, Border in, Border out) {
            return choices.keySet().stream()
                    .filter(c -> c.name().equals(name) && c.in() == in && c.out() == out)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** @param count of segments; the first begins and the last ends with floats */
    Timed time(Segment segment, int count) {
        Map<String, Part> written = new LinkedHashMap<>();
        Map<String, Choice> choices = new LinkedHashMap<>();
        Border[] from = segment.index() == 0 ? new Border[] {Border.FLOAT} : Border.values();
        Border[] to = segment.index() == count - 1 ? new Border[] {Border.FLOAT} : Border.values();
        for (Map.Entry<Set<String>, String> candidate : Candidates.of(segment).entrySet()) {
            for (Border in : from) {
                for (Border out : to) {
                    Part part = write(segment, candidate.getKey(), in, out);
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
        Map<Choice, Set<String>> timed = new LinkedHashMap<>();
        choices.forEach((identity, c) -> {
            Part part = written.get(identity);
            timed.put(
                    new Choice(c.name(), c.in(), c.out(), known.get(part.key()), c.integerHead(), c.integerTail()),
                    part.integers());
        });
        return new Timed(segment, timed);
    }

    private Part write(Segment segment, Set<String> keepFloat, Border in, Border out) {
        Set<String> all = new LinkedHashSet<>(asked);
        all.addAll(keepFloat);
        return models.write(segment.nodes(), segment.in(), segment.out(), segment.outputs(), all, in, out);
    }

    /** Times what has not been timed yet. */
    private void measure(List<Part> parts) {
        Map<String, byte[]> fresh = new LinkedHashMap<>();
        long bytes = 0;
        for (Part part : parts) {
            if (!known.containsKey(part.key()) && fresh.putIfAbsent(part.key(), part.model()) == null) {
                bytes += part.model().length;
            }
            if (bytes > MOST_BYTES) {
                measure(fresh);
                fresh.clear();
                bytes = 0;
            }
        }
        measure(fresh);
    }

    private void measure(Map<String, byte[]> fresh) {
        if (!fresh.isEmpty()) {
            double[] times = stopwatch.time(List.copyOf(fresh.values()));
            int i = 0;
            for (String key : fresh.keySet()) {
                known.put(key, times[i++]);
            }
        }
    }

    /** What neighbours save: the time of two alone less that of both together, in float and in integers. */
    Junction junction(Timed left, Timed right, int count) {
        Border in = left.segment.index() == 0 ? Border.FLOAT : Border.BYTES;
        Border out = right.segment.index() == count - 1 ? Border.FLOAT : Border.BYTES;
        return new Junction(
                saving(FLOAT, left, right, Border.FLOAT, Border.FLOAT, Border.FLOAT),
                saving(INTEGERS, left, right, in, Border.BYTES, out));
    }

    /** All three are timed in turn, since a difference of times taken one after the other would be mostly noise. */
    private double saving(String name, Timed left, Timed right, Border in, Border between, Border out) {
        if (left.choice(name, in, between) == null || right.choice(name, between, out) == null) {
            return 0;
        }
        Set<String> first = keepFloat(name, left.segment);
        Set<String> second = keepFloat(name, right.segment);
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

    private static Set<String> keepFloat(String name, Segment segment) {
        return Candidates.of(segment).entrySet().stream()
                .filter(e -> e.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(Set.of());
    }
}
