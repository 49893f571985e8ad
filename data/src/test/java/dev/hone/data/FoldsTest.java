package dev.hone.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.text.Csv;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FoldsTest {
    /** Samples of three classes, 24 + 12 + 6, whose names are their class and number; content is the name. */
    private static List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        int[] sizes = {24, 12, 6};
        for (int label = 0; label < sizes.length; label++) {
            for (int i = 0; i < sizes[label]; i++) {
                samples.add(sample(label, i, ""));
            }
        }
        return samples;
    }

    private static Sample sample(int label, int i, String group) {
        String name = "class" + label + "/" + i;
        return Sample.ofBytes(name.getBytes(StandardCharsets.UTF_8), name, label, Split.TRAIN, group);
    }

    private static DataSet set(List<Sample> samples) {
        return DataSet.of("data", List.of("a", "b", "c"), samples);
    }

    private static int[] all(DataSet set) {
        return IntStream.range(0, set.samples().size()).toArray();
    }

    @Test
    void everySampleIsValidatedOnceAndClassesAreBalanced() {
        DataSet set = set(samples());
        Folds folds = Folds.of(set, all(set), 6, 3);
        assertThat(IntStream.range(0, 6)
                        .flatMap(f -> IntStream.of(folds.validation(f)))
                        .sorted())
                .containsExactly(IntStream.range(0, 42).boxed().toArray(Integer[]::new));
        for (int f = 0; f < 6; f++) {
            assertThat(set.only(folds.validation(f)).counts(Split.TRAIN)).containsExactly(4, 2, 1);
            assertThat(IntStream.concat(IntStream.of(folds.training(f)), IntStream.of(folds.validation(f)))
                            .sorted())
                    .containsExactly(IntStream.range(0, 42).boxed().toArray(Integer[]::new));
            assertThat(folds.training(f)).isSorted();
        }
    }

    @Test
    void theSeedDecidesAndTheOrderOfTheSamplesDoesNot() {
        List<Sample> samples = samples();
        List<String> names = validated(set(samples), 3);
        List<Sample> shuffled = new ArrayList<>(samples);
        Collections.shuffle(shuffled, new Random(1));
        assertThat(validated(set(shuffled), 3)).isEqualTo(names);
        assertThat(validated(set(samples), 4)).isNotEqualTo(names);
    }

    private static List<String> validated(DataSet set, long seed) {
        return IntStream.of(Folds.of(set, all(set), 3, seed).validation(0))
                .mapToObj(i -> set.samples().get(i).name())
                .sorted()
                .toList();
    }

    @Test
    void noGroupIsPartedWhoeverFoundIt() {
        Random random = new Random(5);
        for (int run = 0; run < 40; run++) {
            List<Sample> samples = new ArrayList<>();
            int[] found = new int[80];
            for (int i = 0; i < 80; i++) {
                String content = "content" + random.nextInt(70);
                samples.add(Sample.ofBytes(
                        content.getBytes(StandardCharsets.UTF_8),
                        "image" + i,
                        random.nextInt(3),
                        Split.TRAIN,
                        random.nextBoolean() ? "" : "group" + random.nextInt(30)));
                found[i] = random.nextInt(120);
            }
            DataSet declared = set(samples);
            DataSet set = declared.withFoundGroups(found);
            Folds folds = Folds.tolerant(set, all(set), 4, run);
            Map<Object, Integer> foldOf = new HashMap<>();
            for (int f = 0; f < 4; f++) {
                for (int i : folds.validation(f)) {
                    Sample sample = declared.samples().get(i);
                    for (Object key : List.of(
                            found[i],
                            sample.group().isEmpty() ? sample : sample.group(),
                            set.revision().content(i))) {
                        assertThat(foldOf.merge(key, f, (a, b) -> a.equals(b) ? a : -9))
                                .as("%s of %s", key, sample)
                                .isEqualTo(f);
                    }
                }
            }
        }
    }

    @Test
    void aClassTooSmallIsRefusedByNameOrTolerated() {
        List<Sample> samples = new ArrayList<>(samples());
        samples.removeIf(s -> s.label() == 2);
        samples.add(sample(2, 0, ""));
        samples.add(sample(2, 1, ""));
        DataSet set = set(samples);
        assertThatThrownBy(() -> Folds.of(set, all(set), 5, 1))
                .isInstanceOf(HoneException.class)
                .hasMessage(
                        "data: class 'c' has 2 samples, 5 folds need 5; use 2 folds, add samples or leave the class "
                                + "out");
        assertThatThrownBy(() -> Folds.of(set, all(set), 1, 1)).hasMessage("1 folds are too few, expected 2 or more");
        Folds folds = Folds.tolerant(set, all(set), 5, 1);
        assertThat(IntStream.range(0, 5)
                        .map(f -> set.only(folds.validation(f)).counts(Split.TRAIN)[2])
                        .sorted())
                .containsExactly(0, 0, 0, 1, 1);
        assertThat(IntStream.range(0, 5).map(f -> set.only(folds.training(f)).counts(Split.TRAIN)[2]))
                .allMatch(n -> n > 0);
        Folds.of(set, all(set), 2, 1);

        samples.set(samples.size() - 2, sample(2, 0, "part"));
        samples.set(samples.size() - 1, sample(2, 1, "part"));
        DataSet grouped = set(samples);
        assertThatThrownBy(() -> Folds.of(grouped, all(grouped), 2, 1))
                .hasMessage("data: class 'c' has 2 samples in 1 group, 2 folds need 2 groups of each class; "
                        + "add samples or leave the class out");
        Folds kept = Folds.tolerant(grouped, all(grouped), 2, 1);
        assertThat(IntStream.range(0, 2).map(f -> grouped.only(kept.training(f)).counts(Split.TRAIN)[2]))
                .containsExactly(2, 2);
    }

    /** No less even than scikit-learn's StratifiedGroupKFold, at the best of six shufflings. */
    @Test
    void classesAreSpreadAsEvenlyAsByScikitLearn() throws Exception {
        List<Csv.Row> cases = Csv.read(
                Path.of(getClass().getResource("stratified-group-folds.csv").toURI()));
        double ours = 0;
        double theirs = 0;
        for (Csv.Row row : cases.subList(1, cases.size())) {
            int count = Integer.parseInt(row.cells().get(0));
            int[] labels = numbers(row.cells().get(1));
            int[] groups = numbers(row.cells().get(2));
            int classes = Arrays.stream(labels).max().orElseThrow() + 1;
            int[] fold = Folds.assign(labels, groups, classes, count, 1);
            Map<Integer, TreeSet<Integer>> foldsOfGroup = new HashMap<>();
            IntStream.range(0, fold.length).forEach(i -> foldsOfGroup
                    .computeIfAbsent(groups[i], g -> new TreeSet<>())
                    .add(fold[i]));
            assertThat(foldsOfGroup.values()).allMatch(f -> f.size() == 1);
            double expected = Double.parseDouble(row.cells().get(3));
            double found = unevenness(labels, fold, classes, count);
            assertThat(found).isLessThan(1.25 * expected + 0.01);
            ours += found;
            theirs += expected;
        }
        assertThat(ours).isLessThan(theirs);
    }

    private static int[] numbers(String text) {
        return Stream.of(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    /** The mean over classes of the standard deviation over folds of the share of the class that is in the fold. */
    private static double unevenness(int[] labels, int[] fold, int classes, int count) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            int label = c;
            double all = IntStream.of(labels).filter(l -> l == label).count();
            double squares = 0;
            for (int f = 0; f < count; f++) {
                int number = f;
                double share = IntStream.range(0, labels.length)
                                .filter(i -> labels[i] == label && fold[i] == number)
                                .count()
                        / all;
                squares += (share - 1.0 / count) * (share - 1.0 / count);
            }
            sum += Math.sqrt(squares / count);
        }
        return sum / classes;
    }
}
