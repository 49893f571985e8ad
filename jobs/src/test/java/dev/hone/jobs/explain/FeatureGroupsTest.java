package dev.hone.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Scores income x debt + age, or exp(income - debt) + age; income and debt stand apart. */
class FeatureGroupsTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path training;
    private Path table;

    @BeforeEach
    void write() throws IOException {
        model(false);
        training = csv("training.csv", "net income,age,debt", "1,20,3", "4,40,-2", "-3,30,1");
        table = csv("rows.csv", "net income,age,debt", "2,50,5");
    }

    private void model(boolean difference) {
        Graph graph = new Graph("product");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3)));
        Ops ops = new Ops(graph);
        Value income = ops.slice(x, 1, 0, 1, 1);
        Value debt = ops.slice(x, 1, 2, 3, 1);
        Value money = difference ? ops.op("Exp", ops.sub(income, debt)) : ops.mul(income, debt);
        graph.addOutput(ops.add(money, ops.slice(x, 1, 1, 2, 1)));
        model = folder.resolve("model.onnx");
        OnnxWriter.write(new Model(graph), model);
    }

    private Path csv(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private RowExplanation explain(Method method, String... groups) {
        return new Rows(model, training, table, folder)
                .with("feature-groups", List.of(groups))
                .with("method", method.label())
                .with("classes", List.of("0"))
                .withSamples(method, 60)
                .run()
                .rows()
                .get(0);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Double> attributions(RowExplanation told) {
        return (Map<String, Double>) told.document().get("attributions");
    }

    /** The product of the row is 10, the mean of the baselines' products (3 - 8 - 3) / 3; the mean age 30. */
    @ParameterizedTest
    @CsvSource({"EXACT_SHAPLEY", "KERNEL_SHAP"})
    void aGroupIsOnePlayer(Method method) throws IOException {
        RowExplanation told = explain(method, "money=debt|net income");
        assertThat(attributions(told)).containsOnlyKeys("money", "age");
        assertThat(attributions(told).get("money")).isCloseTo(10 + 8 / 3.0, within(1e-4));
        assertThat(attributions(told).get("age")).isCloseTo(20, within(1e-4));
        assertThat(Files.readAllLines(folder.resolve("attributions.csv")).get(0))
                .isEqualTo(
                        "line,explained,score,expected,relative error,money,age,money standard error,age standard error");
        assertThat(folder.resolve("importance.csv")).content().startsWith("explained,rows,money,age\n");
        assertThat(Files.readString(folder.resolve("bars.svg")))
                .contains("money")
                .doesNotContain("debt");
        assertThat(Files.readString(folder.resolve("waterfall-2.svg")))
                .contains("money: net income = 2, debt = 5<", "age = 50<");
    }

    /** What one of them gains by a draw the other loses: the sum is known better than either. */
    @Test
    void theErrorOfASumIsToldFromTheSpreadOfSums() throws IOException {
        model(true);
        training = csv("training.csv", "net income,age,debt", "1,20,1.5", "2,40,2", "-3,30,-2");
        table = csv("rows.csv", "net income,age,debt", "5,50,4.5");
        RowExplanation single = explain(Method.GRADIENT_SHAP);
        RowExplanation grouped = explain(Method.GRADIENT_SHAP, "money=net income|debt");
        Map<String, Double> by = attributions(single);
        assertThat(attributions(grouped).get("money")).isCloseTo(by.get("net income") + by.get("debt"), within(1e-2));
        float[] errors = single.explanation().standardError();
        float[] sum = grouped.explanation().standardError();
        assertThat(errors[0]).isPositive();
        assertThat((double) sum[0]).isLessThan(0.5 * Math.hypot(errors[0], errors[2]));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '~',
            value = {
                "money=net income|deb! there is no column 'deb' among [net income, age, debt]",
                "money=net income|! there is no column ''",
                "money=! names no group or no columns; give a name and columns, such as 'money=income|debt'",
                "money! names no group or no columns",
                "=age! names no group or no columns",
                "age=debt! there is a column 'age' too; choose another name for the group",
                "money=debt|debt! the column 'debt' is named twice",
            })
    void refusesInOneLine(String group, String complaint) {
        assertThatThrownBy(() -> explain(Method.EXACT_SHAPLEY, group))
                .isInstanceOf(HoneException.class)
                .hasMessageStartingWith("feature-groups: '" + group)
                .hasMessageContaining(complaint);
    }

    @Test
    void refusesGroupsThatMeet() {
        assertThatThrownBy(() -> explain(Method.EXACT_SHAPLEY, "a=debt", "b=age|debt"))
                .hasMessageContaining("'b=age|debt': the column 'debt' is in the group 'a' too; leave it in one place");
        assertThatThrownBy(() -> explain(Method.EXACT_SHAPLEY, "a=debt", "a=age"))
                .hasMessageContaining("there is another group 'a' too");
    }
}
