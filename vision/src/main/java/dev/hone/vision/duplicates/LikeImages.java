package dev.hone.vision.duplicates;

import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.Split;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Images of a data set that show the same thing.
 *
 * @param pairs those found, each once, by index; pairs of a group need not all be among them
 * @param groups for each image the number of its group, from 0; most images are alone in theirs
 */
public record LikeImages(List<LikePair> pairs, int[] groups) {
    static LikeImages none(int size) {
        return new LikeImages(List.of(), IntStream.range(0, size).toArray());
    }

    /** The same by the indices of a data set that has further samples, which are like no other. */
    LikeImages in(DataSet whole, DataSet part) {
        int size = whole.samples().size();
        Map<String, Integer> places = new HashMap<>();
        IntStream.range(0, size).forEach(i -> places.put(whole.samples().get(i).name(), i));
        int[] to = part.samples().stream().mapToInt(s -> places.get(s.name())).toArray();
        int[] all = new int[size];
        Arrays.fill(all, -1);
        for (int i = 0; i < to.length; i++) {
            all[to[i]] = groups[i];
        }
        int next = IntStream.of(groups).max().orElse(-1) + 1;
        for (int i = 0; i < size; i++) {
            all[i] = all[i] < 0 ? next++ : all[i];
        }
        return new LikeImages(
                pairs.stream()
                        .map(p -> new LikePair(to[p.first()], to[p.second()], p.kind(), p.likeness()))
                        .toList(),
                all);
    }

    /** How many images are in a group with others. */
    public int grouped() {
        int[] sizes = sizes();
        return (int) IntStream.of(groups).filter(g -> sizes[g] > 1).count();
    }

    /** How many groups have more than one image. */
    public int groupsOfSeveral() {
        return (int) IntStream.of(sizes()).filter(n -> n > 1).count();
    }

    private int[] sizes() {
        int[] sizes = new int[IntStream.of(groups).max().orElse(-1) + 1];
        IntStream.of(groups).forEach(g -> sizes[g]++);
        return sizes;
    }

    /**
     * Images of one split that have one like them in another.
     *
     * @param set the data set, divided
     * @return pairs of the index of an image of the first split and of one like it in the second, the likest known pair
     */
    public List<int[]> across(DataSet set, Split of, Split in) {
        Map<Integer, Integer> anyOf = new HashMap<>();
        List<Sample> samples = set.samples();
        for (int i = 0; i < groups.length; i++) {
            if (samples.get(i).split() == in) {
                anyOf.putIfAbsent(groups[i], i);
            }
        }
        Map<Integer, LikePair> direct = new HashMap<>();
        for (LikePair pair : pairs) {
            for (int i : new int[] {pair.first(), pair.second()}) {
                int other = pair.first() + pair.second() - i;
                if (samples.get(i).split() == of && samples.get(other).split() == in) {
                    direct.merge(i, pair, (a, b) -> a.likeness() >= b.likeness() ? a : b);
                }
            }
        }
        return IntStream.range(0, groups.length)
                .filter(i -> samples.get(i).split() == of)
                .filter(i -> direct.containsKey(i) || anyOf.containsKey(groups[i]))
                .mapToObj(i -> {
                    LikePair pair = direct.get(i);
                    return new int[] {i, pair == null ? anyOf.get(groups[i]) : pair.first() + pair.second() - i};
                })
                .toList();
    }
}
