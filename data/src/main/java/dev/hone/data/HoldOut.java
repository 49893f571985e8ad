package dev.hone.data;

import dev.hone.core.file.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Stratified, seeded division of the training samples; units that belong together stay together. */
final class HoldOut {
    private HoldOut() {}

    /** Samples that may not be parted, and the seeded hash of their names that orders them. */
    private record Unit(String order, List<Integer> samples) {}

    static DataSet apply(DataSet set, Split to, double fraction, long seed) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("fraction " + fraction + " is not between 0 and 1");
        }
        List<Sample> samples = new ArrayList<>(set.samples());
        for (int i = 0; i < samples.size(); i++) {
            if (samples.get(i).split() == Split.NONE) {
                samples.set(i, samples.get(i).withSplit(Split.TRAIN));
            }
        }
        // a unit is held out for the class of its first sample; units of mixed classes are rare
        Map<Integer, List<Unit>> byClass = new TreeMap<>();
        for (Unit unit : units(set, samples, seed)) {
            byClass.computeIfAbsent(stratum(samples.get(unit.samples.get(0))), k -> new ArrayList<>())
                    .add(unit);
        }
        byClass.values().forEach(units -> {
            units.sort((a, b) -> a.order.compareTo(b.order));
            int all = units.stream().mapToInt(u -> u.samples.size()).sum();
            long wanted = Math.max(1, Math.round(all * fraction));
            int taken = 0;
            for (Unit unit : units.subList(0, units.size() - 1)) { // the last one always stays
                // a unit that would overshoot by more than it is short of is left for a smaller one
                if (taken + unit.samples.size() / 2 < wanted) {
                    taken += move(unit, samples, to);
                }
            }
            if (taken == 0) {
                units.subList(0, units.size() - 1).stream()
                        .min(Comparator.comparingInt(u -> u.samples.size()))
                        .ifPresent(unit -> move(unit, samples, to));
            }
        });
        return set.withSamples(samples);
    }

    /** The class; samples without one are divided as if they were of one. */
    private static int stratum(Sample sample) {
        return sample.target() instanceof Target.OfClass of ? of.index() : -1;
    }

    private static int move(Unit unit, List<Sample> samples, Split to) {
        unit.samples.forEach(i -> samples.set(i, samples.get(i).withSplit(to)));
        return unit.samples.size();
    }

    /** The training samples by group. */
    private static List<Unit> units(DataSet set, List<Sample> samples, long seed) {
        int[] training = IntStream.range(0, samples.size())
                .filter(i -> samples.get(i).split() == Split.TRAIN)
                .toArray();
        int[] groups = set.groups(training);
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int k = 0; k < training.length; k++) {
            members.computeIfAbsent(groups[k], g -> new ArrayList<>()).add(training[k]);
        }
        return members.values().stream()
                .map(m -> {
                    m.sort((a, b) ->
                            samples.get(a).name().compareTo(samples.get(b).name()));
                    return new Unit(order(samples.get(m.get(0)).name(), seed), m);
                })
                .toList();
    }

    private static String order(String name, long seed) {
        return Sha256.of(seed + "\0" + name);
    }
}
