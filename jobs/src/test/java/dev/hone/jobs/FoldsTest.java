package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.core.text.Csv;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.train.FoldResults;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import dev.hone.model.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldsTest {
    private static final int FOLDS = 3;

    @TempDir
    private Path folder;

    private TrainOptions options(Map<String, Object> more) {
        Map<String, Object> values = new HashMap<>();
        values.put("data", Surfaces.data());
        values.put("output", folder.resolve("model.onnx"));
        values.put("epochs", 1);
        values.put("width", 0.25);
        values.put("size", "32");
        values.put("folds", FOLDS);
        values.put("no-history", true);
        values.put("cache", Surfaces.data().resolveSibling("cache"));
        values.putAll(more);
        values.values().removeIf(value -> value == null);
        return Options.of(TrainOptions.class).build(values);
    }

    /** Cancels at the given number of reports of steps, and keeps what is said. */
    private static final class Listening implements Progress {
        private final List<String> lines = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private int folds;

        Listening(int folds) {
            this.folds = folds;
        }

        @Override
        public void info(String line) {
            lines.add(line);
            folds -= line.matches("fold \\d of \\d") ? 1 : 0;
        }

        @Override
        public void warning(String line) {
            warnings.add(line);
        }

        @Override
        public boolean isCancelled() {
            return folds <= 0;
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void everyImageIsPredictedByAModelThatDidNotLearnFromIt() throws IOException {
        Listening progress = new Listening(100);
        TrainResult result = TrainJob.run(options(Map.of()), progress);
        assertThat(result.finished()).isTrue();
        assertThat(files()).containsExactly("model.onnx", "model.onnx.folds.csv");
        FoldResults results = result.folds();
        List<Csv.Row> rows = Csv.read(results.predictions());
        assertThat(rows.get(0).cells())
                .startsWith(
                        "image",
                        "fold",
                        "actual",
                        "predicted",
                        "p_" + result.classes().get(0));
        List<String> images = rows.stream().skip(1).map(r -> r.cells().get(0)).toList();
        try (Stream<Path> files = Files.walk(Surfaces.data())) {
            List<String> expected = files.filter(f -> f.toString().endsWith(".png"))
                    .map(f -> Surfaces.data().relativize(f).toString().replace('\\', '/'))
                    .filter(name -> !name.startsWith("test/") && !name.contains("mask"))
                    .toList();
            assertThat(images).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
        }
        // Stratified: every fold has each class equally often.
        Map<String, Long> each = rows.stream()
                .skip(1)
                .collect(Collectors.groupingBy(r -> r.cells().get(1) + r.cells().get(2), Collectors.counting()));
        assertThat(each).hasSize(FOLDS * result.classes().size());
        assertThat(each.values())
                .allMatch(n -> n == images.size() / (FOLDS * result.classes().size()));
        // The table's accuracy is that of the file; mean and deviation of three numbers are worked out here.
        double[] accuracy = new double[FOLDS];
        for (int f = 1; f <= FOLDS; f++) {
            String number = Integer.toString(f);
            List<Csv.Row> own = rows.stream()
                    .skip(1)
                    .filter(r -> r.cells().get(1).equals(number))
                    .toList();
            accuracy[f - 1] = own.stream()
                            .filter(r -> r.cells().get(2).equals(r.cells().get(3)))
                            .count()
                    / (double) own.size();
            assertThat(results.folds().get(f - 1).metrics().get("accuracy")).isEqualTo(accuracy[f - 1]);
        }
        double mean = (accuracy[0] + accuracy[1] + accuracy[2]) / 3;
        assertThat(results.mean("accuracy")).isCloseTo(mean, Offset.offset(1e-12));
        assertThat(results.deviation("accuracy"))
                .isCloseTo(
                        Math.sqrt((sq(accuracy[0] - mean) + sq(accuracy[1] - mean) + sq(accuracy[2] - mean)) / 2),
                        Offset.offset(1e-12));
        assertThat(progress.warnings).doesNotHaveDuplicates();
        assertThat(result.document().get("crossValidation").toString()).contains("deviation", "escapeRate", "overkill");
        theEnsembleIsOneFileThatJobsTake(results);
    }

    private static double sq(double x) {
        return x * x;
    }

    private void theEnsembleIsOneFileThatJobsTake(FoldResults results) {
        Path model = folder.resolve("model.onnx");
        assertThat(OnnxReader.read(model).graph().constants())
                .extracting(v -> v.name())
                .anyMatch(name -> name.startsWith("member" + FOLDS + "."));
        ModelCard card = ModelCard.read(OnnxReader.read(model).metadata());
        assertThat(card.provenance().history()).isEqualTo(results.summary());
        assertThat(card.provenance().arguments()).contains("--folds");
        Listening progress = new Listening(1);
        EvaluateJob.run(
                Options.of(EvaluateOptions.class)
                        .build(Map.of(
                                "model",
                                model,
                                "data",
                                Surfaces.data(),
                                "cache",
                                Surfaces.data().resolveSibling("cache"))),
                progress);
        assertThat(progress.warnings).isEmpty();
    }

    @Test
    void foldsThatAreDoneAreNotTrainedAgain() throws IOException {
        TrainResult whole = TrainJob.run(options(Map.of("output", folder.resolve("whole.onnx"))), Progress.NONE);
        Files.delete(folder.resolve("whole.onnx.folds.csv"));
        // Cancelled when the third fold begins.
        TrainResult stopped = TrainJob.run(options(Map.of()), new Listening(3));
        assertThat(stopped.finished()).isFalse();
        assertThat(stopped.checkpoint())
                .isEqualTo(folder.resolve("model.onnx.folds"))
                .isDirectory();
        assertThatThrownBy(() -> TrainJob.run(options(Map.of("width", 0.3)), Progress.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("belong to a run with other data or options");
        Listening progress = new Listening(100);
        TrainResult resumed = TrainJob.run(options(Map.of()), progress);
        assertThat(progress.lines).contains("fold 1 of 3: done before", "fold 2 of 3: done before", "fold 3 of 3");
        assertThat(resumed.folds().folds()).isEqualTo(whole.folds().folds());
        byte[] a = OnnxWriter.toBytes(withoutCard(folder.resolve("model.onnx")));
        assertThat(a).isEqualTo(OnnxWriter.toBytes(withoutCard(folder.resolve("whole.onnx"))));
        assertThat(files()).containsExactly("model.onnx", "model.onnx.folds.csv", "whole.onnx");
    }

    private static Model withoutCard(Path file) {
        Model model = OnnxReader.read(file);
        model.metadata().clear();
        return model;
    }

    @Test
    void oneNetworkLearnsFromAllOrTheBestIsTaken() {
        TrainResult best = TrainJob.run(options(Map.of("then", "best", "folds", 2)), Progress.NONE);
        assertThat(weights("model.onnx")).doesNotContain("member1.fc.weight").contains("fc.weight");
        double highest = best.folds().folds().stream()
                .mapToDouble(f -> f.metrics().get("macroF1"))
                .max()
                .orElseThrow();
        assertThat(best.folds().folds().get(best.folds().best() - 1).metrics().get("macroF1"))
                .isEqualTo(highest);
        TrainResult distilled = TrainJob.run(
                options(Map.of("then", "distil", "folds", 2, "output", folder.resolve("small.onnx"))), Progress.NONE);
        assertThat(weights("small.onnx")).isEqualTo(weights("model.onnx"));
        assertThat(distilled.history().epochs()).hasSize(1);
        assertThat(ModelCard.read(OnnxReader.read(folder.resolve("small.onnx")).metadata())
                        .provenance()
                        .history())
                .contains("over 2 folds; ");
    }

    private List<String> weights(String file) {
        return OnnxReader.read(folder.resolve(file)).graph().constants().stream()
                .map(v -> v.name())
                .sorted()
                .toList();
    }

    @Test
    void headsOnPretrainedFeaturesMakeAnEnsembleToo() {
        Map<String, Object> values = new HashMap<>(Map.of("head", "linear", "folds", 2));
        values.put("epochs", null);
        values.put("width", null);
        values.put("size", "64");
        TrainResult result = TrainJob.run(options(values), Progress.NONE);
        assertThat(result.finished()).isTrue();
        assertThat(result.folds().folds()).hasSize(2);
        assertThat(weights("model.onnx"))
                .anyMatch(name -> name.startsWith("member1."))
                .anyMatch(name -> name.startsWith("member2."));
    }

    @Test
    void aClassOfTwoImagesIsFoundBeforeWork() throws IOException {
        Path data = folder.resolve("data");
        for (String label : List.of("good", "rare")) {
            Files.createDirectories(data.resolve(label));
            List<Path> images = Surfaces.images("good");
            for (int i = 0; i < (label.equals("good") ? 3 : 2); i++) {
                // Other bytes behind the image: two files of one content are one.
                byte[] bytes = Files.readAllBytes(images.get(i));
                Files.write(
                        data.resolve(label).resolve(i + ".png"),
                        Arrays.copyOf(bytes, bytes.length + i + (label.equals("good") ? 0 : 5)));
            }
        }
        Listening progress = new Listening(100);
        assertThatThrownBy(() -> TrainJob.run(options(Map.of("data", data, "folds", 5)), progress))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("5 folds need 5")
                .hasMessageNotContaining("--");
        assertThat(progress.lines).isEmpty();
        assertThat(files()).containsExactly("data");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> options(Map.of("folds", 1))).hasMessageContaining("folds: 1, expected 0");
        assertThatThrownBy(() -> options(Map.of("folds", 0, "then", "best"))).hasMessageContaining("needs folds");
        TrainOptions rows = options(Map.of("target", "y"));
        assertThatThrownBy(() -> TrainJob.run(rows, Progress.NONE)).hasMessageContaining("folds: not for a table");
    }
}
