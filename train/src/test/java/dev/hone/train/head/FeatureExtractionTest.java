package dev.hone.train.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.CancelledException;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.image.Resize;
import dev.hone.vision.store.ImageStore;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features of a data set, and the file that keeps them. */
class FeatureExtractionTest {
    private static final SessionOptions OPTIONS = SessionOptions.defaults().withThreads(1);
    private static final int SIDE = 16;

    @TempDir
    static Path data;

    @TempDir
    Path cache;

    @BeforeAll
    static void surfaces() throws IOException {
        new SyntheticSurfaces(32, 4, 2, 2, 1).write(data.resolve("s"));
    }

    private static ImageStore store() {
        DataSet set = DataSet.open(data.resolve("s"));
        return ImageStore.open(set, new ImageStore.Form(1, SIDE, SIDE, Resize.Mode.STRETCH), null, done -> {});
    }

    /** The pixels themselves as one feature map. */
    private static FeatureModel model(FeatureForm form) {
        Graph graph = new Graph("identity");
        Value x = graph.addInput(
                "x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(1), Dim.of(SIDE), Dim.of(SIDE)));
        graph.addOutput(new Ops(graph).op("Identity", x));
        return FeatureModel.of(new Model(graph), form);
    }

    /** Counts the images that were computed. */
    private static final class Counted implements Progress {
        private final AtomicLong done = new AtomicLong();

        @Override
        public void advanced(long count) {
            done.set(count);
        }
    }

    private long computed(FeatureModel model, ImageStore store, int[] indices, float[] first) {
        Counted counted = new Counted();
        try (FeatureRows rows = FeatureExtraction.of(model, store, indices, cache, OPTIONS, counted)) {
            assertThat(rows.rows()).isEqualTo(indices.length);
            rows.read(0, 1, first);
        }
        return counted.done.get();
    }

    @Test
    void poolsEachImageAndKeepsTheFeatures() throws IOException {
        ImageStore store = store();
        int[] indices = IntStream.range(1, store.dataSet().samples().size()).toArray();
        FeatureModel model =
                model(new FeatureForm(Pooling.MEAN, Pooling.DEVIATION, Pooling.GENERALIZED_MEAN, Pooling.MAXIMUM));
        float[] first = new float[4];
        assertThat(computed(model, store, indices, first)).isEqualTo(indices.length);
        byte[] pixels = store.image(1).pixels();
        double mean = IntStream.range(0, pixels.length)
                .mapToDouble(i -> pixels[i] & 0xFF)
                .average()
                .orElseThrow();
        double square = IntStream.range(0, pixels.length)
                .mapToDouble(i -> Math.pow((pixels[i] & 0xFF) - mean, 2))
                .average()
                .orElseThrow();
        double cube = IntStream.range(0, pixels.length)
                .mapToDouble(i -> Math.pow(pixels[i] & 0xFF, 3))
                .average()
                .orElseThrow();
        double most = IntStream.range(0, pixels.length)
                .map(i -> pixels[i] & 0xFF)
                .max()
                .orElseThrow();
        assertThat(first[0]).isEqualTo((float) mean, within(1e-3f));
        assertThat(first[1]).isEqualTo((float) Math.sqrt(square), within(1e-3f));
        assertThat(first[2]).isEqualTo((float) Math.cbrt(cube), within(1e-3f));
        assertThat(first[3]).isEqualTo((float) most);
        float[] again = new float[4];
        assertThat(computed(model, store, indices, again)).as("from the file").isZero();
        assertThat(again).containsExactly(first);
        // Another form, other images: other files.
        assertThat(computed(model(FeatureForm.standard()), store, indices, again))
                .isPositive();
        assertThat(computed(model, store, IntStream.range(0, 5).toArray(), again))
                .isEqualTo(5);
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files.filter(f -> f.getFileName().toString().startsWith("features-")))
                    .hasSize(3);
        }
    }

    @Test
    void aFileThatWasAlteredIsComputedAgain() throws IOException {
        ImageStore store = store();
        int[] indices = {3, 1, 2};
        FeatureModel model = model(FeatureForm.standard());
        float[] first = new float[2];
        computed(model, store, indices, first);
        Path file;
        try (Stream<Path> files = Files.list(cache)) {
            file = files.filter(f -> f.getFileName().toString().startsWith("features-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        for (byte[] wrong : List.of(changed(bytes), Arrays.copyOf(bytes, bytes.length - 1))) {
            Files.write(file, wrong);
            float[] again = new float[2];
            assertThat(computed(model, store, indices, again)).isEqualTo(3);
            assertThat(again).containsExactly(first);
            assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        }
    }

    private static byte[] changed(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[2] ^= 1;
        return changed;
    }

    @Test
    void aCancelledRunLeavesNoFile() throws IOException {
        Progress cancelled = new Progress() {
            @Override
            public boolean isCancelled() {
                return true;
            }
        };
        ImageStore store = store();
        assertThatThrownBy(() -> FeatureExtraction.of(
                        model(FeatureForm.standard()), store, new int[] {0, 1}, cache, OPTIONS, cancelled))
                .isInstanceOf(CancelledException.class);
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void worksWithoutACache() {
        try (FeatureRows rows = FeatureExtraction.of(
                model(FeatureForm.standard()), store(), new int[] {4, 5}, null, OPTIONS, new Progress() {})) {
            float[] both = new float[4];
            rows.read(0, 2, both);
            assertThat(both[0]).isPositive();
            assertThat(rows.rows()).isEqualTo(2);
        }
    }
}
