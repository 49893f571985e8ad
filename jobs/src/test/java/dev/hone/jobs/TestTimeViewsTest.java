package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.model.Classifier;
import dev.hone.model.ModelWriter;
import dev.hone.model.TestTimeViews;
import dev.hone.model.TestTimeViews.Symmetry;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.image.Image;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against the plain model run on images that are flipped and turned here, pixel by pixel. */
class TestTimeViewsTest {
    @TempDir
    private Path folder;

    private static Image moved(Image image, boolean flipX, boolean flipY, boolean transpose) {
        int side = image.height();
        byte[] pixels = new byte[image.pixels().length];
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int sy = transpose ? x : y;
                    int sx = transpose ? y : x;
                    sy = flipY ? side - 1 - sy : sy;
                    sx = flipX ? side - 1 - sx : sx;
                    pixels[(c * side + y) * side + x] = image.pixels()[(c * side + sy) * side + sx];
                }
            }
        }
        return new Image(image.channels(), side, side, pixels);
    }

    private static float[] probabilities(Classifier classifier, Image image) {
        try (NativeTensor tensor = classifier.tensor(image)) {
            return classifier.probabilities(tensor)[0];
        }
    }

    /** Softmax of the mean of the views' logits, which their log-probabilities are up to a constant. */
    private static double[] mean(Classifier plain, Image image, List<UnaryOperator<Image>> views) {
        double[] logits = null;
        for (UnaryOperator<Image> view : views) {
            float[] p = probabilities(plain, view.apply(image));
            logits = logits == null ? new double[p.length] : logits;
            for (int k = 0; k < p.length; k++) {
                logits[k] += Math.log(p[k]) / views.size();
            }
        }
        double sum = 0;
        for (double v : logits) {
            sum += Math.exp(v);
        }
        for (int k = 0; k < logits.length; k++) {
            logits[k] = Math.exp(logits[k]) / sum;
        }
        return logits;
    }

    private static void averages(TestTimeViews views, List<UnaryOperator<Image>> moves) throws Exception {
        Model model = OnnxReader.read(Surfaces.model());
        try (Classifier plain = Classifier.open(Surfaces.model());
                Classifier averaged = plain.of(views.of(model), SessionOptions.defaults())) {
            for (Path file : Surfaces.images("scratch")) {
                Image image = ImageStore.decode(file, plain.form());
                double[] expected = mean(plain, image, moves);
                float[] found = probabilities(averaged, image);
                for (int k = 0; k < expected.length; k++) {
                    assertThat((double) found[k]).isCloseTo(expected[k], Offset.offset(1e-5));
                }
                if (moves.size() > 1) {
                    assertThat(found).isNotEqualTo(probabilities(plain, image));
                }
            }
        }
    }

    private static UnaryOperator<Image> move(boolean flipX, boolean flipY, boolean transpose) {
        return image -> moved(image, flipX, flipY, transpose);
    }

    private static final List<UnaryOperator<Image>> FLIPS =
            List.of(i -> i, move(true, false, false), move(false, true, false), move(true, true, false));

    @Test
    void logitsAreAveragedOverTheViews() throws Exception {
        averages(TestTimeViews.NONE, List.of(i -> i));
        averages(TestTimeViews.HORIZONTAL_FLIP, FLIPS.subList(0, 2));
        averages(TestTimeViews.VERTICAL_FLIP, List.of(FLIPS.get(0), FLIPS.get(2)));
        averages(TestTimeViews.FLIPS, FLIPS);
        averages(
                TestTimeViews.FLIPS_AND_TURNS,
                Stream.concat(
                                FLIPS.stream(),
                                Stream.of(
                                        move(false, false, true),
                                        move(true, false, true),
                                        move(false, true, true),
                                        move(true, true, true)))
                        .toList());
    }

    @Test
    void aBatchIsAveragedImageByImage() throws Exception {
        try (Classifier plain = Classifier.open(Surfaces.model());
                Classifier averaged = plain.of(
                        TestTimeViews.FLIPS.of(OnnxReader.read(Surfaces.model())), SessionOptions.defaults())) {
            List<Path> files = Surfaces.images("spot");
            float[] first = probabilities(averaged, ImageStore.decode(files.get(0), plain.form()));
            float[] second = probabilities(averaged, ImageStore.decode(files.get(1), plain.form()));
            int count = plain.form().bytes();
            float[] both = new float[2 * count];
            System.arraycopy(plain.values(ImageStore.decode(files.get(0), plain.form())), 0, both, 0, count);
            System.arraycopy(plain.values(ImageStore.decode(files.get(1), plain.form())), 0, both, count, count);
            try (NativeTensor tensor = NativeTensor.ofFloats(
                    both,
                    2,
                    plain.form().channels(),
                    plain.form().height(),
                    plain.form().width())) {
                float[][] found = averaged.probabilities(tensor);
                assertThat(found[0]).usingComparatorWithPrecision(1e-5f).containsExactly(first);
                assertThat(found[1]).usingComparatorWithPrecision(1e-5f).containsExactly(second);
            }
        }
    }

    @Test
    void onlyWhatTrainingHadIsAllowed() {
        // Trained with both flips, without quarter turns.
        PredictOptions turns = Options.of(PredictOptions.class)
                .build(Map.of(
                        "model", Surfaces.model(), "inputs", List.of(Surfaces.data()), "views", "flips-and-turns"));
        assertThatThrownBy(() -> PredictJob.run(turns, Progress.NONE, line -> {}))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("without quarter turns");
        Model silent = OnnxReader.read(Surfaces.model());
        silent.metadata().remove("hone.symmetries");
        ModelWriter.write(silent, folder.resolve("silent.onnx"));
        EvaluateOptions flips = Options.of(EvaluateOptions.class)
                .build(Map.of("model", folder.resolve("silent.onnx"), "data", Surfaces.data(), "views", "flips"));
        assertThatThrownBy(() -> EvaluateJob.run(flips, Progress.NONE)).hasMessageContaining("does not say");
        TestTimeViews.write(silent, EnumSet.of(Symmetry.HORIZONTAL_FLIP));
        TestTimeViews.HORIZONTAL_FLIP.require("m", silent.metadata());
        assertThatThrownBy(() -> TestTimeViews.FLIPS.require("m", silent.metadata()))
                .hasMessageContaining("without vertical flip");
        assertThatThrownBy(() -> Options.of(EvaluateOptions.class)
                        .build(Map.of(
                                "model", Surfaces.model(),
                                "data", Surfaces.data(),
                                "views", "flips",
                                "set-threshold", folder.resolve("other.onnx"))))
                .hasMessageContaining("averaged views");
    }

    @Test
    void jobsAverage() {
        Map<String, Object> values = Map.of(
                "model",
                Surfaces.model(),
                "data",
                Surfaces.data(),
                "cache",
                Surfaces.data().resolveSibling("cache"));
        Map<String, Object> flipped = new HashMap<>(values);
        flipped.put("views", "flips");
        String plain = EvaluateJob.run(Options.of(EvaluateOptions.class).build(values), Progress.NONE)
                .document()
                .toString();
        String averaged = EvaluateJob.run(Options.of(EvaluateOptions.class).build(flipped), Progress.NONE)
                .document()
                .toString();
        assertThat(averaged).isNotEqualTo(plain);
    }
}
