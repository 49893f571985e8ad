package dev.hone.data;

import dev.hone.core.HoneException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Chooses a few images, training images mostly, that stand for all: from every class alike, at random from a seed. */
public final class Selection {
    private Selection() {}

    public static int[] choose(DataSet set, int count, long seed) {
        if (count < 1) {
            throw new HoneException(count + " images are too few, expected 1 or more");
        }
        int[] training = set.indices(Split.TRAIN);
        if (training.length == 0) {
            training = set.indices(Split.NONE);
        }
        if (training.length == 0) {
            throw new HoneException(set.source() + " has no training images, and test images are not used for this");
        }
        return balanced(set, training, count, seed);
    }

    /** Some of the given samples: of every class alike, at random; in the data set's order. */
    public static int[] balanced(DataSet set, int[] from, int count, long seed) {
        List<List<Integer>> byClass = new ArrayList<>();
        set.classes().forEach(c -> byClass.add(new ArrayList<>()));
        for (int index : from) {
            byClass.get(set.samples().get(index).label()).add(index);
        }
        byClass.forEach(list -> Collections.shuffle(list, new Random(seed)));
        List<Integer> chosen = new ArrayList<>();
        for (int round = 0; chosen.size() < Math.min(count, from.length); round++) {
            for (List<Integer> list : byClass) {
                if (round < list.size() && chosen.size() < count) {
                    chosen.add(list.get(round));
                }
            }
        }
        int[] indices = chosen.stream().mapToInt(Integer::intValue).toArray();
        Arrays.sort(indices);
        return indices;
    }
}
