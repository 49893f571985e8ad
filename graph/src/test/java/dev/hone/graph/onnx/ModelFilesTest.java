package dev.hone.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Attribute;
import dev.hone.graph.Dim;
import dev.hone.graph.Function;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.proto.ModelProto;
import dev.hone.graph.onnx.proto.TensorProto;
import dev.hone.graph.verify.Verifier;
import dev.hone.testkit.SameOutputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by ONNX's Python package, with {@code make_models.py} in the same folder. */
class ModelFilesTest {
    private static Path file(String name) {
        return Path.of("src/test/resources/dev/hone/graph/onnx", name + ".onnx");
    }

    private static Model read(String name) {
        return OnnxReader.readUnchanged(file(name));
    }

    private static ModelProto proto(byte[] bytes) throws IOException {
        return ModelProto.parseFrom(bytes);
    }

    /** A file that is read and written is the same, field by field. */
    @ParameterizedTest
    @ValueSource(strings = {"everything", "subgraphs", "functions", "sparse", "inputs_ir4"})
    void keepsEveryField(String name) throws IOException {
        byte[] written = OnnxWriter.toBytes(read(name));
        assertThat(proto(written)).isEqualTo(proto(Files.readAllBytes(file(name))));
        assertThat(OnnxWriter.toBytes(OnnxReader.readUnchanged(written))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"subgraphs", "branches", "functions", "sparse", "inputs_ir3", "inputs_ir4"})
    void computesTheSame(String name) throws IOException {
        Model model = OnnxReader.read(file(name));
        assertThat(model.opset()).isEqualTo(Model.OPSET);
        assertThat(Verifier.problems(model)).isEmpty();
        SameOutputs.check(Files.readAllBytes(file(name)), OnnxWriter.toBytes(model), 11, 1e-6);
    }

    @Test
    void readsEveryElementTypeFromEitherField() throws IOException {
        Model model = read("element_types");
        Model again = OnnxReader.readUnchanged(OnnxWriter.toBytes(model));
        for (ElementType type : ElementType.values()) {
            Value typed = model.graph().find(type + "_typed");
            assertThat(typed.type()).isEqualTo(type);
            assertThat(again.graph().find(type + "_typed").constant().contentEquals(typed.constant()))
                    .isTrue();
            if (type != ElementType.STRING) {
                Value raw = model.graph().find(type + "_raw");
                assertThat(typed.constant().contentEquals(raw.constant()))
                        .as(type.toString())
                        .isTrue();
            }
        }
        assertThat(model.graph().find("int4_typed").constant().longs()).containsExactly(0, 1, 2, 1, 0, 3, -1);
        assertThat(model.graph().find("uint2_raw").constant().longs()).containsExactly(0, 1, 2, 1, 0, 3, 1);
        assertThat(model.graph().find("float16_raw").constant().floats()).containsExactly(0, 1, 2, 1, 0, 3, -1);
        assertThat(model.graph().find("string_typed").constant().string(0)).isEqualTo("caf\u00e9");
        assertThat(model.graph().find("string_typed").constant().strings().get(1))
                .containsExactly(0, 255);
    }

    @Test
    void mapsExternalData(@TempDir Path folder) throws IOException {
        Model model = read("external");
        assertThat(model.graph().find("a").constant().floats()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(model.graph().find("b").constant().floats()).containsExactly(-1, 0, 1, 2);
        Path inside = folder.resolve("inside.onnx");
        OnnxWriter.write(model, inside);
        Path outside = folder.resolve("outside.onnx");
        OnnxWriter.write(model, outside, 16);
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("inside.onnx", "outside.onnx", "outside.onnx.data");
        for (TensorProto tensor : proto(Files.readAllBytes(outside)).getGraph().getInitializerList()) {
            assertThat(tensor.getDataLocation()).isEqualTo(TensorProto.DataLocation.EXTERNAL);
            assertThat(tensor.hasRawData()).isFalse();
        }
        SameOutputs.check(Files.readAllBytes(inside), OnnxWriter.toBytes(OnnxReader.read(outside)), 2, 1e-6);
    }

    @Test
    void resolvesNamesInsideOut() {
        Graph graph = read("subgraphs").graph();
        Node branch = graph.nodes().iterator().next();
        Graph then = branch.subgraphs().get(1);
        assertThat(then.owner()).isSameAs(branch);
        assertThat(then.nodes().iterator().next().input(1)).isSameAs(graph.find("w"));
        assertThat(graph.find("w").uses()).hasSize(2);
        Node loop = branch.output().uses().iterator().next().node();
        assertThat(loop.graph().owner().op()).isEqualTo("If");
        assertThat(loop.graph().owner().graph().owner().op()).isEqualTo("Loop");
        assertThat(loop.graph().owner().graph().owner().input(1)).isNull();
    }

    @Test
    void readsFunctionsWithTheirAttributes() {
        Model model = read("functions");
        Function function = model.functions().get(0);
        assertThat(function.attributes()).containsExactly("factor");
        assertThat(function.defaults().get("alpha")).isEqualTo(Attribute.of(0.5f));
        assertThat(function.body().find("factor").producer().attribute("value_float"))
                .isEqualTo(new Attribute.Reference("factor", 1));
    }

    @Test
    void readsTypesAndMetadata() {
        Model model = read("everything");
        assertThat(model.metadata())
                .containsExactly(java.util.Map.entry("labels", "good,bad"), java.util.Map.entry("threshold", "0.4"));
        Graph graph = model.graph();
        Shape x = graph.find("x").shape();
        assertThat(x.dim(0)).isEqualTo(Dim.symbol("N"));
        assertThat(x.dim(1).isAnonymous()).isTrue();
        Shape h = graph.find("h").shape();
        assertThat(h.dim(1)).isEqualTo(Dim.symbol("N").times(2).plus(1));
        assertThat(h.dim(2)).isEqualTo(Dim.symbol("M").times(Dim.symbol("N")).minus(1));
        assertThat(graph.find("s").otherType()).isNotNull();
        assertThat(graph.find("o").type()).isNull();
        Node odd = graph.nodes().iterator().next();
        assertThat(odd.inputs()).containsExactly(graph.find("x"), null, graph.find("w"));
        assertThat(odd.outputs()).hasSize(3).element(1).isNull();
        assertThat(odd.stringAttribute("text", "")).isEqualTo("caf\u00e9");
    }

    @Test
    void initializersAreConstantsUnlessTheyMayBeOverridden() throws IOException {
        Graph old = read("inputs_ir3").graph();
        assertThat(names(old.inputs())).containsExactly("x");
        assertThat(old.find("scale").isConstant()).isTrue();
        // A file of IR version 3 must list them; their order has no meaning.
        ModelProto written = proto(OnnxWriter.toBytes(read("inputs_ir3")));
        assertThat(written.getGraph().getInputList())
                .containsExactlyInAnyOrderElementsOf(
                        proto(Files.readAllBytes(file("inputs_ir3"))).getGraph().getInputList());

        Graph newer = read("inputs_ir4").graph();
        assertThat(names(newer.inputs())).containsExactly("x", "shift");
        assertThat(newer.find("scale").isConstant()).isTrue();
        assertThat(newer.find("shift").isConstant()).isFalse();
        assertThat(newer.find("shift").constant().floats()).containsExactly(1, -1);
    }

    private static List<String> names(List<Value> values) {
        List<String> names = new ArrayList<>();
        values.forEach(v -> names.add(v.name()));
        return names;
    }

    @Test
    void sparseInitializersKeepTypeAndShape() {
        Value w = read("sparse").graph().find("w");
        assertThat(w.type()).isEqualTo(ElementType.FLOAT);
        assertThat(w.shape()).isEqualTo(Shape.of(2, 3));
    }
}
