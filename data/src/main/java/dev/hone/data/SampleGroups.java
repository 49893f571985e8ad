package dev.hone.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Which samples belong together: see {@link DataSet#groups} and {@link DataSet#withFoundGroups}. */
final class SampleGroups {
    private final DisjointSets sets;
    private final Map<Object, Integer> first = new HashMap<>();

    private SampleGroups(int size) {
        this.sets = new DisjointSets(size);
    }

    static int[] of(DataSet set, int[] among) {
        SampleGroups groups = new SampleGroups(among.length);
        for (int k = 0; k < among.length; k++) {
            groups.unite(List.of("content", set.revision().content(among[k])), k);
            groups.declare(set.samples().get(among[k]), k);
        }
        return groups.sets.numbers();
    }

    static DataSet withFound(DataSet set, int[] found) {
        List<Sample> samples = set.samples();
        if (found.length != samples.size()) {
            throw new IllegalArgumentException(found.length + " groups of " + samples.size() + " samples");
        }
        SampleGroups groups = new SampleGroups(found.length);
        int[] sizes = new int[found.length];
        for (int i = 0; i < found.length; i++) {
            groups.unite(found[i], i);
            groups.declare(samples.get(i), i);
        }
        DisjointSets sets = groups.sets;
        IntStream.range(0, found.length).forEach(i -> sizes[sets.find(i)]++);
        return set.withSamples(IntStream.range(0, found.length)
                .mapToObj(i -> sizes[sets.find(i)] == 1
                        ? samples.get(i)
                        : samples.get(i).withGroup(name(samples.get(sets.find(i)))))
                .toList());
    }

    /** What a group is called that was found around a sample: no declared one is called so. */
    private static String name(Sample least) {
        return "like " + least.name();
    }

    private void declare(Sample sample, int element) {
        if (!sample.group().isEmpty()) {
            unite(sample.group(), element);
        }
    }

    private void unite(Object key, int element) {
        Integer other = first.putIfAbsent(key, element);
        if (other != null) {
            sets.unite(element, other);
        }
    }
}
