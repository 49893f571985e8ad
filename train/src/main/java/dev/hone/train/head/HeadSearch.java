package dev.hone.train.head;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.data.SeededRandom;
import dev.hone.model.metric.Evaluation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Fits a head whose settings cross-validation chooses: those of the highest macro F1 of the held-out samples, of equal ones
 * those with the lower cross-entropy. The held-out samples then calibrate the probabilities by a temperature, which leaves
 * the predicted classes as they are.
 */
public final class HeadSearch {
    private final HeadSamples samples;
    private final int[] folds;
    private final int count;
    private final List<String> classes;
    private final long seed;

    /**
     * @param folds the part of each sample in cross-validation, from 0, or negative for samples that are in no held-out
     *     part; at least two parts have samples
     * @param classes names, as many as the samples have classes
     * @param seed of what is random: the choice among too many samples, a perceptron's weights
     */
    public HeadSearch(HeadSamples samples, int[] folds, List<String> classes, long seed) {
        this.samples = samples;
        this.folds = folds.clone();
        this.count = Arrays.stream(folds).max().orElse(-1) + 1;
        this.classes = List.copyOf(classes);
        this.seed = seed;
        if (Arrays.stream(folds).filter(f -> f >= 0).distinct().count() < 2) {
            throw new HoneException("all " + samples.size()
                    + " training images belong to one group; cross-validation needs two groups or more");
        }
    }

    /**
     * Chooses and fits a head of one kind.
     *
     * @param progress told of each part of the cross-validation; cancels between them
     * @throws dev.hone.core.CancelledException if cancelled
     */
    public FittedHead fit(HeadKind kind, Progress progress) {
        int[] kept = kept(kind.family().mostSamples());
        HeadSamples all = samples.only(kept);
        int[] fold = Arrays.stream(kept).map(i -> folds[i]).toArray();
        int[] held = IntStream.range(0, kept.length).filter(i -> fold[i] >= 0).toArray();
        int[] truth = Arrays.stream(held).map(i -> all.labels()[i]).toArray();
        double[][][] logits = crossValidate(kind.family(), all, fold, held, progress);
        int best = 0;
        for (int s = 1; s < logits.length; s++) {
            best = isBetter(logits[s], logits[best], truth) ? s : best;
        }
        progress.checkCancelled();
        double temperature = Temperature.fit(logits[best], truth);
        Head head = kind.family().fit(all, new int[] {best}, seed).get(0).withTemperature(temperature);
        String part = kept.length < samples.size() ? ", on " + kept.length + " of " + samples.size() + " images" : "";
        return new FittedHead(
                kind, head, kind.family().settings().get(best) + part, evaluation(logits[best], truth, temperature));
    }

    /** Chooses and fits a head of each kind, and returns the one of the highest macro F1, the first of equal ones. */
    public FittedHead best(List<HeadKind> kinds, Progress progress) {
        FittedHead best = null;
        for (HeadKind kind : kinds) {
            FittedHead next = fit(kind, progress);
            if (best == null || next.macroF1() > best.macroF1()) {
                best = next;
            }
        }
        return best;
    }

    /** Logits of held-out samples by setting. */
    private double[][][] crossValidate(HeadFamily family, HeadSamples all, int[] fold, int[] held, Progress progress) {
        int settings = family.settings().size();
        int[] every = IntStream.range(0, settings).toArray();
        int[] place = new int[fold.length];
        for (int i = 0; i < held.length; i++) {
            place[held[i]] = i;
        }
        double[][][] logits = new double[settings][held.length][];
        AtomicInteger done = new AtomicInteger();
        progress.started("cross-validation", count);
        IntStream.range(0, count).parallel().forEach(f -> {
            progress.checkCancelled();
            int[] training =
                    IntStream.range(0, fold.length).filter(i -> fold[i] != f).toArray();
            int[] validation =
                    IntStream.range(0, fold.length).filter(i -> fold[i] == f).toArray();
            if (validation.length > 0) {
                List<Head> heads = family.fit(all.only(training), every, seed);
                for (int s = 0; s < settings; s++) {
                    for (int i : validation) {
                        logits[s][place[i]] = heads.get(s).logits(all.values(), i * all.width());
                    }
                }
            }
            progress.advanced(done.incrementAndGet());
        });
        progress.finished();
        return logits;
    }

    private boolean isBetter(double[][] a, double[][] b, int[] truth) {
        double f1A = evaluation(a, truth, 1).confusion().macroF1();
        double f1B = evaluation(b, truth, 1).confusion().macroF1();
        return f1A > f1B
                || f1A == f1B
                        && Temperature.loss(a, truth, Temperature.fit(a, truth))
                                < Temperature.loss(b, truth, Temperature.fit(b, truth));
    }

    private Evaluation evaluation(double[][] logits, int[] truth, double temperature) {
        return new Evaluation(
                classes,
                Arrays.stream(logits)
                        .map(row -> probabilities(row, temperature))
                        .toArray(float[][]::new),
                truth);
    }

    /** The softmax of logits divided by a temperature. */
    static float[] probabilities(double[] logits, double temperature) {
        double largest = Arrays.stream(logits).max().orElse(0);
        double sum = 0;
        for (double v : logits) {
            sum += Math.exp((v - largest) / temperature);
        }
        float[] probabilities = new float[logits.length];
        for (int k = 0; k < logits.length; k++) {
            probabilities[k] = (float) (Math.exp((logits[k] - largest) / temperature) / sum);
        }
        return probabilities;
    }

    /** All samples, or so many of them, of each class in proportion but at least as many as are needed to part it. */
    private int[] kept(int most) {
        if (samples.size() <= most) {
            return IntStream.range(0, samples.size()).toArray();
        }
        double share = (double) most / samples.size();
        List<Integer> kept = new ArrayList<>();
        for (int k = 0; k < samples.classes(); k++) {
            int label = k;
            int[] own = IntStream.range(0, samples.size())
                    .filter(i -> samples.labels()[i] == label)
                    .toArray();
            new SeededRandom(seed, k).shuffle(own);
            int wanted = Math.min(own.length, Math.max(2 * count, (int) (own.length * share)));
            IntStream.of(own).limit(wanted).forEach(kept::add);
        }
        return kept.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
}
