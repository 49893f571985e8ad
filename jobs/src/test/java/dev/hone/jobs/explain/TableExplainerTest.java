package dev.hone.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.table.Cells;
import dev.hone.explain.Method;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A linear model's attributions are its weights times the distance from the mean of the baselines. */
class TableExplainerTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path training;

    @BeforeEach
    void write() throws IOException {
        Graph graph = new Graph("linear");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(4)));
        Ops ops = new Ops(graph);
        // age, then own, rent, share of the home
        Value weights = ops.constant(Tensor.ofFloats(new float[] {0.5f, 1, -2, 3}, 4, 1));
        graph.addOutput(ops.op("MatMul", x, weights));
        model = folder.resolve("model.onnx");
        OnnxWriter.write(new Model(graph), model);
        training = csv("training.csv", "age,home,note", "20,rent,a", "40,own,b", "60,\"share, flat\",c", "40,rent,d");
    }

    private Path csv(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private List<Map<String, Object>> explain(Path table, String... columns) throws IOException {
        return explain(Method.GRADIENT_SHAP, table, columns);
    }

    private List<Map<String, Object>> explain(Method method, Path table, String... columns) {
        Rows rows = rows(method, table, columns);
        rows.run();
        return rows.documents;
    }

    private Rows rows(Method method, Path table, String... columns) {
        return new Rows(model, training, table, folder)
                .with("method", method.label())
                .with("columns", List.of(columns));
    }

    /** Of a linear model all methods that compare say the same, and a column's categories are one player. */
    @ParameterizedTest
    @EnumSource(names = {"KERNEL_SHAP", "EXACT_SHAPLEY", "INTEGRATED_GRADIENTS", "EXPECTED_GRADIENTS"})
    @SuppressWarnings("unchecked")
    void takesOtherMethods(Method method) throws IOException {
        Map<String, Object> row = explain(method, csv("rows.csv", "home,age", "own,30"), "age", "home")
                .get(0);
        Map<String, Double> attributions = (Map<String, Double>) row.get("attributions");
        assertThat(attributions.get("age")).isCloseTo(-5, within(1e-4));
        assertThat(attributions.get("home")).isCloseTo(1, within(1e-4));
        assertThat(((Map<String, Double>) row.get("errorBars95")).get("home")).isLessThan(1);
    }

    @Test
    @SuppressWarnings("unchecked")
    void attributesToColumnsWithTheirCategoriesAddedUp() throws IOException {
        Path table = csv("rows.csv", "home,age", "own,30", "rent,50");
        List<Map<String, Object>> rows = explain(table, "age", "home");
        // Sorted, the categories are own, rent and 'share, flat'; their mean score is (1 - 2 - 2 + 3) / 4 = 0.
        Map<String, Double> first = (Map<String, Double>) rows.get(0).get("attributions");
        assertThat(first.get("age")).isCloseTo(0.5 * (30 - 40), within(1e-4));
        assertThat(first.get("home")).isCloseTo(1, within(1e-4));
        Map<String, Double> second = (Map<String, Double>) rows.get(1).get("attributions");
        assertThat(second.get("age")).isCloseTo(5, within(1e-4));
        assertThat(second.get("home")).isCloseTo(-2, within(1e-4));
        assertThat((float) rows.get(1).get("expected")).isCloseTo(20, within(1e-4f));
        assertThat(Files.readAllLines(folder.resolve("attributions.csv")).get(0))
                .isEqualTo(
                        "line,explained,score,expected,relative error,age,home,age standard error,home standard error");
        assertThat(rows.get(2)).containsEntry("explained", 0).containsEntry("rows", 2);
        Map<String, Double> mean = (Map<String, Double>) rows.get(2).get("meanAbsoluteAttributions");
        assertThat(mean.get("age")).isCloseTo(5, within(1e-4));
        assertThat(mean.get("home")).isCloseTo(1.5, within(1e-4));
        assertThat(folder.resolve("bars.svg")).isNotEmptyFile();
        assertThat(folder.resolve("beeswarm.svg")).isNotEmptyFile();
        assertThat(folder.resolve("waterfall-2.svg")).isNotEmptyFile();
        assertThat(folder.resolve("waterfall-3.svg")).isNotEmptyFile();
    }

    /** A power of the age, for which samples differ: Student's t times what the table gives as standard error. */
    @Test
    @SuppressWarnings("unchecked")
    void errorBarsAreOfNinetyFivePercent() throws IOException {
        Graph graph = new Graph("power");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(1)));
        Ops ops = new Ops(graph);
        Value age = ops.mul(x, 0.01f);
        graph.addOutput(ops.mul(ops.mul(age, age), ops.mul(age, age)));
        OnnxWriter.write(new Model(graph), model);
        Map<String, Object> row = explain(csv("rows.csv", "age", "90"), "age").get(0);
        double bar = ((Map<String, Double>) row.get("errorBars95")).get("age");
        String[] cells =
                Files.readAllLines(folder.resolve("attributions.csv")).get(1).split(",", -1);
        assertThat(bar / Double.parseDouble(cells[6])).isBetween(2.0, 4.5);
    }

    /** One of the rows, whose scores are these, and not the mean of all, which is 20. */
    @Test
    void comparesWithAsManyRowsAsAskedFor() throws IOException {
        Rows rows = rows(Method.EXACT_SHAPLEY, csv("rows.csv", "home,age", "own,30"), "age", "home")
                .with("baseline-count", 1);
        assertThat(rows.run().rows().get(0).explanation().expected()).isIn(8f, 21f, 33f, 18f);
    }

    @Test
    @SuppressWarnings("unchecked")
    void takesCategoriesInTheOrderGiven() throws IOException {
        Path table = csv("rows.csv", "home,age", "own,30");
        List<Map<String, Object>> rows = explain(table, "age", "home=rent|own|share, flat");
        // Now rent has weight 1, own -2: the mean is (1 - 2 + 3 + 1) / 4.
        Map<String, Double> first = (Map<String, Double>) rows.get(0).get("attributions");
        assertThat(first.get("home")).isCloseTo(-2 - 0.75, within(1e-4));
    }

    @Test
    void namesWhatDoesNotFit() throws IOException {
        assertThatThrownBy(() -> explain(csv("a.csv", "age,home", "30,castle"), "age", "home"))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("line 2, column 'home': 'castle' is none of the categories");
        assertThatThrownBy(() -> explain(csv("b.csv", "age,home", "30,own", ",own"), "age", "home"))
                .hasMessageContaining("line 3, column 'age': '' is not a number");
        assertThatThrownBy(() -> explain(csv("c.csv", "age", "30"), "age", "home"))
                .hasMessageContaining("has no column 'home'");
        assertThatThrownBy(() -> explain(csv("d.csv", "age,home", "30,own"), "age"))
                .hasMessageContaining("the columns of the table make 1 numbers: age");
        assertThatThrownBy(() -> explain(csv("e.csv", "age,home", "30"), "age", "home"))
                .hasMessageContaining("line 2 has 1 cells, the header has 2");
        assertThatThrownBy(() -> explain(csv("f.csv", "age,home"), "age", "home"))
                .hasMessageContaining("has no rows");
    }

    @Test
    void everyRowIsReadBeforeTheFirstIsExplained() throws IOException {
        Path table = csv("rows.csv", "age,home", "30,own", "30,castle");
        Rows rows = rows(Method.GRADIENT_SHAP, table, "age", "home");
        assertThatThrownBy(rows::run).hasMessageContaining("line 3");
        assertThat(rows.documents).isEmpty();
    }

    @Test
    void aColumnIsNotReadTwiceForAnotherOfItsName() throws IOException {
        training = csv("training.csv", "age,age", "20,1", "40,2");
        assertThatThrownBy(() -> explain(training)).hasMessageEndingWith("has two columns 'age'; rename one of them");
    }

    @Test
    void aGapInAColumnOfNumbersDoesNotMakeThemCategories() throws IOException {
        for (String gap : List.of("", "NA", "NaN", "?")) {
            training = csv("training.csv", "age,home", "20,rent", gap + ",own", "40,flat");
            assertThatThrownBy(() -> explain(training, "home", "age"))
                    .hasMessageContaining(
                            "line 3, column 'age': '" + gap + "' is no number as the column's others are");
        }
    }

    @Test
    void numbersWithLettersAreWords() {
        for (String number : List.of("1", "-1.5", "+.5", "2.", "1e-3", "1E5")) {
            assertThat(Cells.isNumber(number)).as(number).isTrue();
        }
        for (String word : List.of("1f", "2d", "0x1p3", "NaN", "Infinity", "1e99", "", ".", "1,5")) {
            assertThat(Cells.isNumber(word)).as(word).isFalse();
        }
    }

    @Test
    void saysWhyARowHasNoAttributions() throws IOException {
        training = csv("training.csv", "age,home", "20,own");
        List<Map<String, Object>> rows =
                explain(csv("rows.csv", "age,home", "20,own", "21,own"), "age", "home=own|rent|flat");
        assertThat(rows.get(0))
                .containsEntry("zero", "every baseline equals the input, there is no difference to explain");
        assertThat(rows.get(1)).doesNotContainKey("zero");
    }

    /** Scores age and -age: the attributions of the two classes are each other's negatives and must not be averaged. */
    @Test
    void keepsTheClassesApartThatRowsAreExplainedFor() throws IOException {
        Graph graph = new Graph("two");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(1)));
        Ops ops = new Ops(graph);
        Value weights = ops.constant(Tensor.ofFloats(new float[] {1, -1}, 1, 2));
        Value shift = ops.constant(Tensor.ofFloats(new float[] {-40, 40}, 1, 2));
        graph.addOutput(ops.add(ops.op("MatMul", x, weights), shift));
        OnnxWriter.write(new Model(graph), model);
        Path table = csv("rows.csv", "age", "50", "10", "70");
        Rows explained = rows(Method.EXACT_SHAPLEY, table, "age");
        List<Path> files = explained.run().files();
        List<Map<String, Object>> rows = explained.documents;
        assertThat(files)
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "attributions.csv",
                        "importance.csv",
                        "bars-0.svg",
                        "beeswarm-0.svg",
                        "bars-1.svg",
                        "beeswarm-1.svg",
                        "waterfall-2.svg",
                        "waterfall-3.svg",
                        "waterfall-4.svg");
        assertThat(files).allMatch(Files::exists);
        // The mean of the baselines is 40: rows lie 10 and 30 above it, and 30 below.
        assertThat(folder.resolve("importance.csv")).hasContent("explained,rows,age\n0,2,20.0\n1,1,30.0");
        assertThat(Files.readAllLines(folder.resolve("attributions.csv")).get(1))
                .isEqualTo("2,0,10.0,0.0,0.0,10.0,0.0");
        assertThat(rows).hasSize(5);
        assertThat(rows.get(4))
                .containsEntry("explained", 1)
                .containsEntry("rows", 1)
                .containsEntry("meanAbsoluteAttributions", Map.of("age", 30.0));
        // Two dots and one.
        assertThat(Files.readString(folder.resolve("beeswarm-0.svg")).split("<circle"))
                .hasSize(3);
        assertThat(Files.readString(folder.resolve("beeswarm-1.svg")).split("<circle"))
                .hasSize(2);
    }
}
