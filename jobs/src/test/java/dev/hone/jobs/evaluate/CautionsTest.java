package dev.hone.jobs.evaluate;

import static java.lang.Double.NaN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.model.ModelEvaluation;
import dev.hone.model.metric.ErrorLimit;
import dev.hone.model.metric.Evaluation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the head of a report says. */
class CautionsTest {
    private static final List<String> LABELS = List.of("good", "crack", "spot");

    /** @param truth and prediction of each sample, by class */
    private static List<String> of(int good, int[]... truthAndPrediction) {
        int[] truth = Arrays.stream(truthAndPrediction).mapToInt(p -> p[0]).toArray();
        float[][] probabilities = new float[truth.length][LABELS.size()];
        for (int i = 0; i < truth.length; i++) {
            probabilities[i][truthAndPrediction[i][1]] = 1;
        }
        return new Cautions("images")
                .metrics(new ModelEvaluation(
                        Path.of("m.onnx"), new Evaluation(LABELS, probabilities, truth), good, ErrorLimit.DEFAULT))
                .sentences();
    }

    private static int[][] repeated(int times, int[]... pairs) {
        return IntStream.range(0, times)
                .boxed()
                .flatMap(i -> Arrays.stream(pairs))
                .toArray(int[][]::new);
    }

    @Test
    void aGoodModelOnEnoughImagesNeedsNone() {
        assertThat(of(0, repeated(50, new int[] {0, 0}, new int[] {1, 1}, new int[] {2, 2})))
                .isEmpty();
    }

    @Test
    void fewImages() {
        assertThat(of(0, repeated(5, new int[] {0, 0}, new int[] {1, 1}, new int[] {2, 2})))
                .containsExactly(
                        "The escape rate is hardly known from 10 defective images: its interval is 28 points wide.",
                        "The overkill is hardly known from 5 good images: its interval is 43 points wide.");
    }

    @Test
    void classesWithoutImages() {
        assertThat(of(0, repeated(50, new int[] {0, 0}, new int[] {1, 1})))
                .containsExactly("Nothing is known of 'spot': none of the evaluated images is of that class.");
        assertThat(of(0, repeated(50, new int[] {0, 0})))
                .contains("The escape rate is unknown: none of the evaluated images is defective.");
    }

    @Test
    void noGoodClass() {
        assertThat(of(-1, repeated(50, new int[] {0, 0}, new int[] {1, 1}, new int[] {2, 2})))
                .singleElement()
                .asString()
                .startsWith("No class is known to be that of good parts");
    }

    @Test
    void noBetterThanOneAnswer() {
        List<int[]> all = new ArrayList<>(List.of(repeated(60, new int[] {0, 0})));
        all.addAll(List.of(repeated(30, new int[] {1, 0}, new int[] {2, 0})));
        assertThat(of(0, all.toArray(int[][]::new)))
                .anyMatch(text -> text.startsWith("The model may be no better than always 'good'"));
    }

    private static Map<String, double[]> curve(String name, double... values) {
        return Map.of(name, values);
    }

    @Test
    void unfinishedLearning() {
        // Curves of two runs of the demonstration, the first on a busy machine.
        assertThat(LearningCurve.unfinished(curve(
                        "validation macro F1",
                        .25,
                        .20,
                        .28,
                        .29,
                        .38,
                        .46,
                        NaN,
                        .633,
                        NaN,
                        .754,
                        .801,
                        .819,
                        .848,
                        .869,
                        .869,
                        .883,
                        .888,
                        .892,
                        .892)))
                .hasValue(
                        "The model may not have finished learning: in the last 7 of 19 epochs validation macro F1 rose "
                                + "from 81.9 % to 89.2 %. Train it longer.");
        assertThat(LearningCurve.unfinished(curve(
                        "validation macro F1",
                        NaN,
                        .194,
                        NaN,
                        .259,
                        NaN,
                        .429,
                        NaN,
                        .647,
                        NaN,
                        .760,
                        NaN,
                        .848,
                        NaN,
                        .891,
                        NaN,
                        .908,
                        NaN,
                        .917,
                        NaN,
                        .921,
                        NaN,
                        .929,
                        NaN,
                        .929,
                        NaN,
                        .933,
                        .933)))
                .isEmpty();
        assertThat(LearningCurve.unfinished(curve("validation loss", 1.5, 1.2, 1.0, 0.9, 0.8, 0.7)))
                .isPresent();
        assertThat(LearningCurve.unfinished(curve("validation loss", 1.5, 0.7, 0.5, 0.5, 0.5, 0.6)))
                .isEmpty();
        assertThat(LearningCurve.unfinished(curve("training loss", 2.0)))
                .hasValue("The model was trained for one epoch only.");
        assertThat(LearningCurve.unfinished(Map.of())).isEmpty();
    }

    private static List<float[]> maps(boolean grid, boolean border) {
        Random random = new Random(3);
        List<float[]> maps = new ArrayList<>();
        for (int m = 0; m < Cautions.MAPS; m++) {
            float[] map = new float[64 * 64];
            for (int i = 0; i < map.length; i++) {
                int y = i / 64;
                int x = i % 64;
                map[i] = random.nextFloat()
                        + (grid && y % 8 == 3 && x % 8 == 5 ? 40 : 0)
                        + (border && (y < 2 || x < 2 || y > 61 || x > 61) ? 4 : 0);
            }
            maps.add(map);
        }
        return maps;
    }

    @Test
    void gridsAndBordersInMaps() {
        assertThat(new Cautions("images").maps(maps(false, false), 64).sentences())
                .isEmpty();
        assertThat(new Cautions("images").maps(maps(true, false), 64).sentences())
                .singleElement()
                .asString()
                .contains("a grid with a pitch of 8 pixels");
        assertThat(new Cautions("images").maps(maps(false, true), 64).sentences())
                .anyMatch(text -> text.contains("show the border of the image"));
        assertThat(new Cautions("images")
                        .maps(maps(true, true).subList(0, 5), 64)
                        .sentences())
                .isEmpty();
    }
}
