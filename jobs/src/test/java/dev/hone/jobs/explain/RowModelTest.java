package dev.hone.jobs.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.core.option.OptionException;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableBatches;
import dev.hone.data.table.TableSchema;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.InputSpec;
import dev.hone.model.ModelCard;
import dev.hone.model.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A model that states its columns and encodes them itself. Its logit of "bad" is a sum of one term for each column, so that
 * the attribution of a column is its term less the mean of that term over the baselines.
 */
class RowModelTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path baselines;
    private Path rows;

    /** age counts a half, a missing one as 30; home: unknown 7, own 1, rent -2. */
    @BeforeEach
    void write() throws IOException {
        Graph graph = new Graph("rows");
        Value home = graph.addInput(TableBatches.CATEGORIES, ElementType.INT64, Shape.of(Dim.symbol("N"), Dim.of(1)));
        Value age = graph.addInput(TableBatches.NUMBERS, ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(1)));
        Ops ops = new Ops(graph);
        Value known = ops.op("Where", ops.op("IsNaN", age), ops.constant(30f), age);
        Value term = ops.op("Gather", ops.constant(Tensor.ofFloats(new float[] {7, 1, -2}, 3)), home);
        Value bad = ops.add(ops.mul(known, 0.5), term);
        Value logits = ops.concat(1, List.of(bad, ops.mul(bad, 0.0)));
        Value probabilities = ops.op("Softmax", Map.of("axis", 1L), logits);
        probabilities.setName("probabilities");
        graph.addOutput(probabilities);
        Model made = new Model(graph);
        TableSchema schema = new TableSchema(
                List.of(Column.category("home", List.of("own", "rent")), Column.number("age")),
                "class",
                List.of("bad", "good"));
        Provenance provenance = new Provenance("data", 1, "0", "runtime", List.of(), "", "", List.of());
        new ModelCard(schema.classes(), new InputSpec.OfRow(schema), null, Double.NaN, provenance).writeTo(made);
        model = folder.resolve("model.onnx");
        OnnxWriter.write(made, model);
        baselines = Files.write(folder.resolve("baselines.csv"), List.of("age,home", "20,own", "40,rent"));
        rows = Files.write(folder.resolve("rows.csv"), List.of("home,age", "own,60", "boat,", "rent,20"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel-shap", "exact-shapley"})
    void attributesToColumnsOfNumbersAndCategories(String method) {
        RowResult result = new Rows(model, baselines, rows, folder.resolve("out"))
                .with("method", method)
                .with("classes", List.of("bad"))
                .run();
        // The mean term of the age is 15, that of the home -0.5.
        double[][] expected = {{30 - 15, 1 + 0.5}, {15 - 15, 7 + 0.5}, {10 - 15, -2 + 0.5}};
        for (int row = 0; row < expected.length; row++) {
            RowExplanation explained = result.rows().get(row);
            assertThat(explained.features()).containsExactly("age", "home");
            assertThat(explained.attributions()).containsExactly(expected[row], within(1e-4));
            assertThat(explained.explained()).isEqualTo("class 'bad'");
            assertThat(explained.document()).containsEntry("explained", "bad");
        }
    }

    @Test
    void sampledCoalitionsAreTheDefault() {
        RowResult result = new Rows(model, baselines, rows, folder.resolve("out")).run();
        assertThat(result.rows().get(0).method().label()).isEqualTo("kernel-shap");
        assertThat(result.rows().get(0).explained()).isEqualTo("class 'bad'");
    }

    @Test
    void refusesWhatTheModelStatesOrCannotDo() {
        Map<String, Object> options =
                Map.of("method", "gradient-shap", "columns", List.of("age"), "classes", List.of("worse"));
        options.forEach(
                (option, value) -> assertThatThrownBy(() -> new Rows(model, baselines, rows, folder.resolve("out"))
                                .with(option, value)
                                .run())
                        .isInstanceOfSatisfying(OptionException.class, e -> assertThat(e.option())
                                .isEqualTo(option)));
    }
}
