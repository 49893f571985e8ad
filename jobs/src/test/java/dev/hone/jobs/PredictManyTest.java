package dev.hone.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.core.text.Csv;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.jobs.predict.PredictResult;
import dev.hone.model.Classifier;
import dev.hone.model.Prediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictManyTest {
    @TempDir
    private Path folder;

    private static PredictOptions options(Map<String, ?> values) {
        return Options.of(PredictOptions.class).build(values);
    }

    @Test
    void aFolderInBatchesGivesThePredictionsOfSingleImages() {
        Path test = Surfaces.data().resolve("test");
        PredictResult result = PredictJob.run(PredictOptions.of(Surfaces.model(), List.of(test)), Progress.NONE);
        assertThat(result.lines()).hasSize(24);
        assertThat(result.totals().all()).isEqualTo(24);
        assertThat(result.lines()).isSortedAccordingTo((a, b) -> a.file().compareTo(b.file()));
        try (Classifier classifier = Classifier.open(Surfaces.model())) {
            for (PredictResult.Line line : result.lines()) {
                Prediction alone = classifier.predict(line.file());
                assertThat(line.prediction().label()).isEqualTo(alone.label());
                alone.probabilities().forEach((label, p) -> assertThat(
                                line.prediction().probabilities().get(label))
                        .isCloseTo(p, org.assertj.core.data.Offset.offset(1e-4f)));
            }
        }
    }

    @Test
    void csvHasALineForEachImageDamagedOnesIncluded() throws IOException {
        Path photos = Files.createDirectories(folder.resolve("a, \"b\""));
        Path good = Surfaces.images("good").get(0);
        for (int i = 0; i < 11; i++) {
            Files.copy(good, photos.resolve("good" + i + ".png"));
        }
        Files.write(photos.resolve("good05-cut.png"), Arrays.copyOf(Files.readAllBytes(good), 300));
        Path csv = folder.resolve("out.csv");
        PredictResult result = PredictJob.run(
                options(Map.of("model", Surfaces.model(), "inputs", List.of(photos.toString()), "csv", csv)),
                Progress.NONE);
        assertThat(result.lines()).isEmpty();
        assertThat(result.totals().failed()).isEqualTo(1);
        List<Csv.Row> rows = Csv.read(csv);
        assertThat(rows).hasSize(13);
        assertThat(rows.get(0).cells())
                .startsWith("image", "class", "probability")
                .endsWith("error");
        assertThat(rows)
                .allMatch(row -> row.cells().size() == rows.get(0).cells().size());
        assertThat(rows.get(2).cells().get(0))
                .isEqualTo(photos.resolve("good05-cut.png").toString());
        assertThat(rows.get(2).cells().get(11 - 1)).contains("truncated");
        assertThat(Files.readString(csv)).contains("\r\n");
    }

    @Test
    void nothingIsWrittenWhereThereIsNothingToPredict() {
        Path csv = folder.resolve("out.csv");
        assertThatThrownBy(() -> PredictJob.run(
                        options(Map.of("model", Surfaces.model(), "inputs", List.of(folder + "/*.png"), "csv", csv)),
                        Progress.NONE))
                .hasMessageContaining("matches no file");
        assertThat(csv).doesNotExist();
    }

    @Test
    void aWatchedFolderIsPredictedOnceAcrossRestarts() throws Exception {
        Path in = Files.createDirectories(folder.resolve("in"));
        List<Path> images = Surfaces.images("spot");
        Files.copy(images.get(0), in.resolve("first.png"));
        Path csv = folder.resolve("out.csv");
        Map<String, Object> values = Map.of("model", Surfaces.model(), "watch", in, "csv", csv, "settle", "0.05");
        assertThat(watched(values, 1)).containsExactly("first.png");
        Files.copy(images.get(1), in.resolve("second.png"));
        Files.writeString(csv, Files.readString(csv) + "in/unfin");
        assertThat(watched(values, 1)).containsExactly("second.png");
        assertThat(Csv.read(csv))
                .extracting(row -> row.cells().get(0))
                .containsExactly(
                        "image",
                        in.resolve("first.png").toString(),
                        in.resolve("second.png").toString());
    }

    /** It is half written when it is seen, and whole when the next image is predicted. */
    @Test
    void anImageThatWasNotWholeIsReadAgain() throws Exception {
        Path in = Files.createDirectories(folder.resolve("in"));
        byte[] image = Files.readAllBytes(Surfaces.images("spot").get(0));
        Path slow = Files.write(in.resolve("a.png"), Arrays.copyOf(image, 300));
        Files.write(in.resolve("b.png"), image);
        Path csv = folder.resolve("out.csv");
        Map<String, Object> values = Map.of("model", Surfaces.model(), "watch", in, "csv", csv, "settle", "0.05");
        List<String> names = watched(values, 2, name -> {
            if (name.equals("b.png")) {
                write(slow, image);
            }
        });
        assertThat(names).containsExactly("b.png", "a.png");
        assertThat(Csv.read(csv))
                .extracting(row -> row.cells().get(row.cells().size() - 1))
                .containsExactly("error", "", "");
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileWithOtherColumnsIsNotContinued() throws Exception {
        Path in = Files.createDirectories(folder.resolve("in"));
        Files.copy(Surfaces.images("spot").get(0), in.resolve("a.png"));
        Path csv = Files.writeString(folder.resolve("out.csv"), "name,class\nx,good\n");
        Map<String, Object> values = Map.of("model", Surfaces.model(), "watch", in, "csv", csv, "settle", "0.05");
        assertThatThrownBy(() -> watched(values, 1)).hasMessageContaining("has other columns");
        assertThat(csv).hasContent("name,class\nx,good\n");
    }

    private static List<String> watched(Map<String, ?> values, int count) {
        return watched(values, count, name -> {});
    }

    @Test
    void whatIsNoTableOfPredictionsAndNoJournalStaysAsItIs() throws IOException {
        Path in = Files.createDirectories(folder.resolve("in"));
        Path csv = folder.resolve("out.csv");
        byte[] binary = {'1', ' ', (byte) 0xff, 0, '\n', 1, 2, 3};
        for (byte[] content : List.of("notes".getBytes(UTF_8), "two\nlines".getBytes(UTF_8), binary)) {
            Path file = Files.write(folder.resolve("precious"), content);
            for (Map<String, Object> values : List.<Map<String, Object>>of(
                    Map.of("model", Surfaces.model(), "watch", in, "csv", file, "journal", folder.resolve("j")),
                    Map.of("model", Surfaces.model(), "watch", in, "csv", csv, "journal", file))) {
                assertThatThrownBy(() -> watched(values, 1))
                        .isInstanceOf(HoneException.class)
                        .hasMessageContaining("give another file");
                assertThat(file).hasBinaryContent(content);
            }
        }
    }

    /** Watches until so many images are predicted. */
    private static List<String> watched(Map<String, ?> values, int count, Consumer<String> predicted) {
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        Progress until = new Progress() {
            @Override
            public boolean isCancelled() {
                return names.size() >= count;
            }
        };
        PredictResult result = PredictJob.run(options(values), until, line -> {
            names.add(line.file().getFileName().toString());
            predicted.accept(names.get(names.size() - 1));
        });
        assertThat(result.totals().all()).isEqualTo(count);
        return names;
    }
}
