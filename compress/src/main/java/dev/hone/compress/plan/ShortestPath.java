package dev.hone.compress.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses one way for each of a series of segments, so that borders fit and the total time is least: a shortest path over
 * (segment, border, kind of the last kernel), by dynamic programming.
 */
public final class ShortestPath {
    private ShortestPath() {}

    /**
     * What two neighbours save when they are run together instead of alone: the call, and the change of layout that a
     * kernel's blocked or channels-last data need at a border, but not from one kernel of a kind to the next.
     *
     * @param inFloat milliseconds, where a float kernel hands floats to a float kernel
     * @param inIntegers milliseconds, where an integer kernel hands bytes to an integer kernel
     */
    public record Junction(double inFloat, double inIntegers) {
        public static final Junction NONE = new Junction(0, 0);

        /** With what is saved in each form multiplied by a factor. */
        Junction scaled(double floats, double integers) {
            return new Junction(inFloat * floats, inIntegers * integers);
        }

        double saving(Choice left, Choice right) {
            if (left.out() == Border.FLOAT && !left.integerTail() && !right.integerHead()) {
                return inFloat;
            }
            return left.out() == Border.BYTES && left.integerTail() && right.integerHead() ? inIntegers : 0;
        }
    }

    /** @param milliseconds in total, what neighbours save taken off */
    public record Path(List<Choice> choices, double milliseconds) {}

    /**
     * Makes what neighbours save add up to what the whole saves over its parts, in FP32 and in INT8. A single saving
     * is a small difference of times, and its error the same in kind at every junction.
     *
     * @param floatParts milliseconds of all segments alone in FP32, and of the network in float
     * @param integerParts the same in INT8
     */
    public static List<Junction> anchored(
            List<Junction> junctions, double floatParts, double floatWhole, double integerParts, double integerWhole) {
        double floats = factor(junctions.stream().mapToDouble(Junction::inFloat).sum(), floatParts - floatWhole);
        double integers =
                factor(junctions.stream().mapToDouble(Junction::inIntegers).sum(), integerParts - integerWhole);
        return junctions.stream().map(j -> j.scaled(floats, integers)).toList();
    }

    private static double factor(double sum, double wanted) {
        return sum > 0 && wanted > 0 ? wanted / sum : 0;
    }

    private record State(Border border, boolean integerTail) {}

    /**
     * @param segments the choices of each segment, in order
     * @param junctions between each segment and the next, one fewer
     * @return null if no sequence of choices has fitting borders from floats to floats
     */
    public static Path find(List<List<Choice>> segments, List<Junction> junctions) {
        Map<State, Path> best = new LinkedHashMap<>();
        for (int k = 0; k < segments.size(); k++) {
            Map<State, Path> next = new LinkedHashMap<>();
            for (Choice choice : segments.get(k)) {
                Path before = k == 0
                        ? (choice.in() == Border.FLOAT ? new Path(List.of(), 0) : null)
                        : cheapest(best, choice, junctions.get(k - 1));
                if (before != null) {
                    List<Choice> choices = new ArrayList<>(before.choices);
                    choices.add(choice);
                    Path path = new Path(
                            Collections.unmodifiableList(choices), before.milliseconds + choice.milliseconds());
                    next.merge(
                            new State(choice.out(), choice.integerTail()),
                            path,
                            (a, b) -> b.milliseconds < a.milliseconds ? b : a);
                }
            }
            best = next;
        }
        return best.entrySet().stream()
                .filter(e -> e.getKey().border == Border.FLOAT)
                .map(Map.Entry::getValue)
                .min(java.util.Comparator.comparingDouble(Path::milliseconds))
                .orElse(null);
    }

    /** The cheapest way up to a choice, what the junction saves taken off already. */
    private static Path cheapest(Map<State, Path> best, Choice choice, Junction junction) {
        Path cheapest = null;
        for (Path path : best.values()) {
            Choice left = path.choices.get(path.choices.size() - 1);
            if (left.out() != choice.in()) {
                continue;
            }
            double milliseconds = path.milliseconds - junction.saving(left, choice);
            if (cheapest == null || milliseconds < cheapest.milliseconds) {
                cheapest = new Path(path.choices, milliseconds);
            }
        }
        return cheapest;
    }
}
