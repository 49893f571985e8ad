package dev.hone.train.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.data.table.Column;
import dev.hone.data.table.TableSchema;
import dev.hone.data.table.TableStatistics;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.Reference;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowNetworksTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int ROWS = 5;
    private static final TableSchema SCHEMA = new TableSchema(
            List.of(Column.number("a"), Column.category("c", List.of("x", "y", "z")), Column.number("b")),
            "target",
            List.of("no", "yes"));

    private static RowNetworkSpec spec(String architecture) {
        TableStatistics statistics = new TableStatistics(
                Reference.doubles("rows.mean"), Reference.doubles("rows.deviation"), new long[] {0, 2}, new float[][] {
                    Reference.floats("rows.edges.0"), Reference.floats("rows.edges.1")
                });
        return RowNetworkSpec.of(architecture, SCHEMA, statistics)
                .withMembers(2)
                .withSize(3, 1);
    }

    /** A network with the weights of the reference. */
    static Model withReferenceWeights(String architecture) {
        Model model = Networks.build(spec(architecture));
        for (Value value : model.graph().constants()) {
            if (value.name().endsWith(".weight") || value.name().endsWith(".bias")) {
                float[] values = Reference.floats("rows." + architecture + "." + value.name());
                assertThat(values).hasSize((int) value.constant().count());
                value.setConstant(Tensor.ofFloats(values, value.constant().dims()));
            }
        }
        return model;
    }

    static Map<String, NativeTensor> rows() {
        Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        NativeTensor numbers = NativeTensor.allocate(FLOAT, ROWS, 2);
        numbers.buffer().asFloatBuffer().put(Reference.floats("rows.numbers"));
        inputs.put("numbers", numbers);
        NativeTensor categories = NativeTensor.allocate(INT64, ROWS, 1);
        LongBuffer levels = categories.buffer().asLongBuffer();
        for (int level : Reference.ints("rows.levels")) {
            levels.put(level);
        }
        inputs.put("categories", categories);
        return inputs;
    }

    private static float[] run(Model model, String output) {
        Map<String, NativeTensor> inputs = rows();
        try (Session session = Session.open(OnnxWriter.toBytes(model), SessionOptions.defaults());
                NativeTensor result =
                        session.run(inputs, List.of(output), Map.of()).get(output)) {
            return result.floats();
        } finally {
            inputs.values().forEach(NativeTensor::close);
        }
    }

    @Test
    void encodingIsThatOfThePaper() {
        Model model = withReferenceWeights("mlp");
        Graph graph = model.graph();
        Node stem = graph.find("stem.weight").uses().iterator().next().node();
        Value encoded = stem.input(0);
        encoded.setName("encoded");
        graph.addOutput(encoded);
        assertThat(run(model, "encoded")).containsExactly(Reference.floats("rows.encoded"), Offset.offset(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "wide-deep"})
    void logitsAreThoseOfPyTorch(String architecture) {
        assertThat(run(withReferenceWeights(architecture), "logits"))
                .containsExactly(Reference.floats("rows." + architecture + ".logits"), Offset.offset(1e-5f));
    }

    @Test
    void probabilitiesAreTheSoftmaxOfTheMeanLogits() {
        assertThat(run(withReferenceWeights("mlp"), "probabilities"))
                .containsExactly(Reference.floats("rows.mlp.probabilities"), Offset.offset(1e-6f));
    }

    @Test
    void onlyNumbersOrOnlyCategoriesWork() {
        TableStatistics none = new TableStatistics(new double[0], new double[0], new long[0], new float[0][]);
        TableStatistics one =
                new TableStatistics(new double[] {1}, new double[] {1}, new long[] {0}, new float[][] {{1}});
        for (String name : Networks.rowNames()) {
            TableSchema categories = new TableSchema(List.of(SCHEMA.columns().get(1)), "t", SCHEMA.classes());
            Model first = Networks.build(RowNetworkSpec.of(name, categories, none));
            assertThat(first.graph().inputs()).extracting(Value::name).containsExactly("categories");
            TableSchema numbers = new TableSchema(List.of(SCHEMA.columns().get(0)), "t", SCHEMA.classes());
            Model second = Networks.build(RowNetworkSpec.of(name, numbers, one));
            assertThat(second.graph().inputs()).extracting(Value::name).containsExactly("numbers");
        }
    }

    @Test
    void unknownNamesAndBadSizesAreRefused() {
        assertThatThrownBy(() -> Networks.build(spec("mlpp")))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("unknown network 'mlpp' for rows of a table, expected one of mlp, wide-deep");
        assertThatThrownBy(() -> spec("mlp").withDropout(1, 0)).hasMessageContaining("dropout is 1.0");
        assertThatThrownBy(() -> spec("mlp").withMembers(0)).hasMessageContaining("number of members is 0");
    }
}
