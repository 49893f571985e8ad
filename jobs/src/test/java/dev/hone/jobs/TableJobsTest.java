package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.option.OptionException;
import dev.hone.explain.quality.RankCorrelation;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.RowResult;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.jobs.predict.PredictResult;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.train.ColumnOptions;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import dev.hone.model.RowClassifier;
import dev.hone.testkit.CreditLikeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every job on a table with known effects. */
class TableJobsTest {
    @TempDir
    private static Path folder;

    private static Path csv;
    private static Path model;
    private static Map<String, Double> effects;
    private static TrainResult trained;

    @BeforeAll
    static void train() throws IOException {
        csv = folder.resolve("credit.csv");
        effects = CreditLikeTable.write(csv, 6000, 11);
        model = folder.resolve("credit.onnx");
        trained = TrainJob.run(
                TrainOptions.of(csv, model)
                        .withTable(ColumnOptions.of("default"))
                        .withEpochs(10),
                Progress.NONE);
    }

    private static EvaluateResult evaluate(Path of) {
        return EvaluateJob.run(EvaluateOptions.of(of, csv), Progress.NONE);
    }

    @Test
    void modelsAreTrainedAndEvaluated() {
        assertThat(trained.finished()).isTrue();
        assertThat(trained.classes()).containsExactly("no", "yes");
        assertThat(trained.document()).containsKeys("trainingRows", "validationRows", "testRows");
        EvaluateResult result = evaluate(model);
        // On these rows scikit-learn has .773 (LogisticRegression), .774 (MLPClassifier with early stopping) and .766
        // (HistGradientBoostingClassifier), see benchmarks/tables.py.
        assertThat(result.model().evaluation().rocAuc()).isGreaterThan(0.78);
        assertThat(result.unit()).isEqualTo("rows");
        assertThat(result.model().evaluation().size()).isEqualTo(trained.test());
    }

    @Test
    void predictionsAreThoseOfTheEvaluation() throws IOException {
        PredictResult result = PredictJob.run(PredictOptions.of(model, List.of(csv)), Progress.NONE);
        assertThat(result.lines()).hasSize(6000);
        assertThat(result.lines().get(4).document()).containsEntry("row", 5).containsEntry("file", csv.toString());
        List<String> lines = Files.readAllLines(csv);
        double[] first = new double[1];
        int at = 0;
        for (int i = 1; i < lines.size() && at == 0; i++) {
            if (lines.get(i).endsWith(",test")) {
                first[0] =
                        result.lines().get(i - 1).prediction().probabilities().get("yes");
                at = i;
            }
        }
        assertThat((double) evaluate(model).model().evaluation().probabilities()[0][1])
                .isCloseTo(first[0], within(1e-5));
    }

    @Test
    void rowsWithoutTargetAndOfUnknownCategoriesArePredicted() {
        Map<String, String> row = new LinkedHashMap<>();
        effects.keySet().forEach(name -> row.put(name, "1"));
        try (RowClassifier classifier = RowClassifier.open(model)) {
            float known = classifier.predict(row).probabilities().get("yes");
            row.put("purpose", "never seen");
            row.put("income", "");
            assertThat(classifier.predict(row).probabilities().get("yes")).isFinite();
            assertThat(known).isBetween(0f, 1f);
            row.put("age", "old");
            assertThatThrownBy(() -> classifier.predict(row))
                    .isInstanceOf(HoneException.class)
                    .hasMessageContaining("column 'age': 'old' is not a number");
            row.remove("age");
            assertThatThrownBy(() -> classifier.predict(row)).hasMessageContaining("no column 'age'");
        }
    }

    /**
     * Columns with strong effects come before those with weak ones, and these before those without. The two balances are not
     * compared: they move together, and only their difference has an effect, so that each of them alone gets
     * a large attribution that the other one takes back.
     */
    @Test
    void explanationsRankTheColumnsAsTheEffectsDo() {
        Path rows = folder.resolve("rows.csv");
        Path out = folder.resolve("maps");
        RowResult result = (RowResult) ExplainJob.JOB.run(
                Map.of(
                        "model", model,
                        "inputs", List.of(head(rows, 150)),
                        "output", out,
                        "classes", List.of("yes"),
                        "baselines", csv),
                Progress.NONE);
        RowResult.Importance importance = result.importance().get(0);
        int[] compared = IntStream.range(0, importance.features().size())
                .filter(f -> !importance.features().get(f).startsWith("balance"))
                .toArray();
        float[] known = new float[compared.length];
        float[] attributed = new float[compared.length];
        for (int f = 0; f < compared.length; f++) {
            known[f] = effects.get(importance.features().get(compared[f])).floatValue();
            attributed[f] = (float) importance.meanAbsoluteAttributions()[compared[f]];
        }
        assertThat(RankCorrelation.correlation(attributed, known)).isGreaterThan(0.85);
        double weakest = Double.POSITIVE_INFINITY;
        double noise = 0;
        for (int f = 0; f < known.length; f++) {
            double found = attributed[f];
            if (known[f] > 0.4) {
                weakest = Math.min(weakest, found);
            } else if (known[f] == 0) {
                noise = Math.max(noise, found);
            }
        }
        assertThat(noise).isLessThan(weakest / 2);
        assertThat(out.resolve("importance.csv")).exists();
    }

    private static Path head(Path to, int rows) {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(csv).subList(0, rows + 1));
            return Files.write(to, lines);
        } catch (IOException e) {
            throw new HoneException(e.getMessage(), e);
        }
    }

    @Test
    void quantizedModelsAreAsGood() {
        double fp32 = evaluate(model).model().evaluation().rocAuc();
        for (String method : List.of("static", "dynamic", "fp16")) {
            Path small = folder.resolve(method + ".onnx");
            Map<String, Object> options =
                    new LinkedHashMap<>(Map.of("model", model, "output", small, "method", method));
            if (method.equals("static")) {
                options.put("calibrate", csv);
            }
            QuantizeJob.JOB.run(options, Progress.NONE);
            assertThat(evaluate(small).model().evaluation().rocAuc()).as(method).isCloseTo(fp32, within(0.005));
        }
    }

    @Test
    void modelsAreMeasured() {
        assertThat(BenchJob.run(BenchOptions.of(model), Progress.NONE).document())
                .containsKey("model");
    }

    /** Before the data are read: the file is not there. */
    @Test
    void networksAreCheckedFirst() {
        Path missing = folder.resolve("missing.csv");
        for (String target : List.of("", "default")) {
            Map<String, Object> options = new LinkedHashMap<>(
                    Map.of("data", missing, "output", folder.resolve("x.onnx"), "architecture", "wide-deeep"));
            if (!target.isEmpty()) {
                options.put("target", target);
            }
            assertThatThrownBy(() -> TrainJob.JOB.run(options, Progress.NONE))
                    .isInstanceOf(OptionException.class)
                    .hasMessageContaining("architecture: 'wide-deeep' is not one of")
                    .hasMessageContaining(target.isEmpty() ? "resnet-edge" : "did you mean 'wide-deep'?");
        }
    }

    @Test
    void theReportIsOfRows() throws IOException {
        Path page = folder.resolve("r.html");
        EvaluateJob.run(EvaluateOptions.of(model, csv).withReport(page), Progress.NONE);
        assertThat(Files.readString(page)).contains("Evaluation on credit.csv", "best one on the validation rows");
    }

    @Test
    void theReportOfASmallTableClaimsNoValidation() throws IOException {
        Path few =
                Files.write(folder.resolve("few.csv"), Files.readAllLines(csv).subList(0, 300));
        Path small = folder.resolve("small.onnx");
        TrainJob.run(
                TrainOptions.of(few, small)
                        .withTable(ColumnOptions.of("default"))
                        .withEpochs(1),
                Progress.NONE);
        Path page = folder.resolve("small.html");
        EvaluateJob.run(EvaluateOptions.of(small, few).withReport(page), Progress.NONE);
        assertThat(Files.readString(page))
                .contains("There were no validation rows.")
                .doesNotContain("best one on");
    }

    @Test
    void whatDoesNotFitIsSaid() throws IOException {
        assertThatThrownBy(() -> TrainJob.run(TrainOptions.of(csv, folder.resolve("x.onnx")), Progress.NONE))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("target")
                .hasMessageContaining("not the columns path and label");
        Path image = Files.write(folder.resolve("a.png"), new byte[] {1});
        assertThatThrownBy(() -> PredictJob.run(PredictOptions.of(model, List.of(image)), Progress.NONE))
                .hasMessageContaining("takes rows of a table, not images");
        Path other = folder.resolve("other.csv");
        Files.writeString(other, Files.readString(csv).replaceFirst("savings", "saving"));
        assertThatThrownBy(() -> PredictJob.run(PredictOptions.of(model, List.of(other)), Progress.NONE))
                .hasMessageContaining(
                        "no column 'savings', which the model takes; 'saving' is new, has it been renamed?");
    }
}
