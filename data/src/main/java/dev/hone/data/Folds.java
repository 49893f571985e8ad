package dev.hone.data;

import dev.hone.core.HoneException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A division into folds for cross-validation: each sample is in the validation part of one fold and in the training part
 * of the others. Samples of a group (see {@link DataSet#groups}) are in one fold, every class is spread over the folds as
 * evenly as its groups allow, and the same seed gives the same folds whatever the order of the samples.
 */
public final class Folds {
    /** The fold of a sample that is in every training part and in no validation part. */
    public static final int ALWAYS_TRAINING = -1;

    private final int[] samples;
    private final int[] fold;
    private final int count;

    private Folds(int[] samples, int[] fold, int count) {
        this.samples = samples;
        this.fold = fold;
        this.count = count;
    }

    /**
     * Folds in which every class is found in every validation part.
     *
     * @param samples indices into the samples of the data set, each once; their targets are classes
     * @param count number of folds, 2 or more
     * @throws HoneException if a class that is found among the samples has fewer groups than there are folds
     */
    public static Folds of(DataSet set, int[] samples, int count, long seed) {
        int[] sorted = sorted(set, samples);
        int[] labels = labels(set, sorted);
        int[] groups = set.groups(sorted);
        int[] units = units(labels, groups, set.classes().size());
        int[] images = new int[units.length];
        Arrays.stream(labels).forEach(label -> images[label]++);
        for (int c = 0; c < units.length; c++) {
            if (units[c] > 0 && units[c] < count) {
                throw new HoneException(set.source() + ": class '"
                        + set.classes().get(c) + "' has " + images[c]
                        + (images[c] == 1 ? " sample" : " samples")
                        + (units[c] == images[c] ? "" : " in " + units[c] + (units[c] == 1 ? " group" : " groups"))
                        + ", " + count + " folds need " + count
                        + (units[c] == images[c] ? "" : " groups of each class")
                        + (units[c] == 1
                                ? "; add samples or leave the class out"
                                : "; use " + units[c] + " folds, add samples or leave the class out"));
            }
        }
        return new Folds(sorted, assign(labels, groups, units.length, count, seed), count);
    }

    /**
     * Folds whatever the classes are: one with fewer groups than there are folds is missing from some validation parts, and
     * one whose samples are all of one group is in all training parts and no validation part, so that every training part
     * has all classes.
     *
     * @param samples indices into the samples of the data set, each once; their targets are classes
     * @param count number of folds, 2 or more
     */
    public static Folds tolerant(DataSet set, int[] samples, int count, long seed) {
        int[] sorted = sorted(set, samples);
        int[] labels = labels(set, sorted);
        int[] groups = set.groups(sorted);
        int[] units = units(labels, groups, set.classes().size());
        int[] fold = assign(labels, groups, units.length, count, seed);
        Set<Integer> kept = new HashSet<>();
        for (int i = 0; i < sorted.length; i++) {
            if (units[labels[i]] == 1) {
                kept.add(groups[i]);
            }
        }
        for (int i = 0; i < sorted.length; i++) {
            fold[i] = kept.contains(groups[i]) ? ALWAYS_TRAINING : fold[i];
        }
        return new Folds(sorted, fold, count);
    }

    /**
     * The fold of each sample, from labels and groups alone.
     *
     * @param labels class of each sample, 0..classes-1
     * @param groups group of each sample, from 0; samples of one group are put in one fold
     */
    public static int[] assign(int[] labels, int[] groups, int classes, int count, long seed) {
        if (count < 2) {
            throw new HoneException(count + " folds are too few, expected 2 or more");
        }
        return new FoldBalance(labels, groups, classes, count, seed).assign();
    }

    /** How many groups have a sample of each class. */
    private static int[] units(int[] labels, int[] groups, int classes) {
        int[] units = new int[classes];
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < labels.length; i++) {
            if (seen.add((long) groups[i] * classes + labels[i])) {
                units[labels[i]]++;
            }
        }
        return units;
    }

    private static int[] sorted(DataSet set, int[] samples) {
        return IntStream.of(samples)
                .boxed()
                .sorted(Comparator.comparing(i -> set.samples().get(i).name()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int[] labels(DataSet set, int[] samples) {
        return IntStream.of(samples).map(i -> set.samples().get(i).label()).toArray();
    }

    /** Number of folds. */
    public int count() {
        return count;
    }

    /** Indices of the samples that a model of a fold learns from, ascending. */
    public int[] training(int number) {
        return select(number, false);
    }

    /** Indices of the samples that validate the model of a fold, ascending. */
    public int[] validation(int number) {
        return select(number, true);
    }

    private int[] select(int number, boolean inside) {
        if (number < 0 || number >= count) {
            throw new IllegalArgumentException("fold " + number + " of " + count);
        }
        return IntStream.range(0, samples.length)
                .filter(i -> (fold[i] == number) == inside)
                .map(i -> samples[i])
                .sorted()
                .toArray();
    }
}
