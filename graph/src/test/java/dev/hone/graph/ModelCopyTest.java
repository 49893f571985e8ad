package dev.hone.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.ElementType;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCopyTest {
    private static final Tensor TWO = Tensor.ofFloats(new float[] {2}, 1);

    private static Model read(String file) {
        try (InputStream in = ModelCopyTest.class.getResourceAsStream("onnx/" + file + ".onnx")) {
            return OnnxReader.readUnchanged(in.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Files made with Python's onnx package; together they use every field of a model. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "branches",
                "element_types",
                "everything",
                "functions",
                "inputs_ir3",
                "inputs_ir4",
                "sparse",
                "subgraphs"
            })
    void copyWritesTheSameBytesAndSharesOnlyTensors(String file) {
        Model model = read(file);
        byte[] before = OnnxWriter.toBytes(model);
        Model copy = model.copy();
        assertThat(OnnxWriter.toBytes(copy)).isEqualTo(before);
        assertThat(tensors(copy))
                .usingElementComparator((a, b) -> a == b ? 0 : 1)
                .isEqualTo(tensors(model));
        ruin(copy);
        assertThat(OnnxWriter.toBytes(copy)).isNotEqualTo(before);
        assertThat(OnnxWriter.toBytes(model)).isEqualTo(before);
        Model second = model.copy();
        ruin(model);
        assertThat(OnnxWriter.toBytes(second)).isEqualTo(before);
    }

    /** Every tensor of a model: initializers and attributes, through subgraphs and functions. */
    private static List<Tensor> tensors(Model model) {
        List<Tensor> found = new ArrayList<>();
        graphs(model).forEach(graph -> {
            graph.constants().forEach(c -> found.add(c.constant()));
            graph.nodes().forEach(node -> node.attributes().values().forEach(a -> {
                if (a instanceof Attribute.TensorValue one) {
                    found.add(one.value());
                } else if (a instanceof Attribute.Tensors many) {
                    found.addAll(many.values());
                }
            }));
        });
        return found;
    }

    private static List<Graph> graphs(Model model) {
        List<Graph> found = new ArrayList<>();
        collect(model.graph(), found);
        model.functions().forEach(f -> collect(f.body(), found));
        return found;
    }

    private static void collect(Graph graph, List<Graph> found) {
        found.add(graph);
        graph.nodes().forEach(node -> node.subgraphs().forEach(subgraph -> collect(subgraph, found)));
    }

    /** Changes everything that is mutable. */
    private static void ruin(Model model) {
        model.setDoc("ruined");
        model.setCarried(null);
        model.setIdentity("ruined", 99);
        model.setProducer("ruined", "99");
        model.metadata().put("ruined", "yes");
        model.opsets().put("ruined", 1L);
        for (Function function : List.copyOf(model.functions())) {
            function.opsets().put("ruined", 1L);
            function.defaults().put("ruined", Attribute.of(1));
        }
        for (Graph graph : graphs(model)) {
            graph.setName("ruined");
            graph.setDoc("ruined");
            graph.setCarried(null);
            for (Value value : List.copyOf(graph.values())) {
                value.setName("ruined " + value.name());
                value.setCarried(null);
                if (value.constant() != null) {
                    value.setConstant(TWO);
                } else {
                    value.setType(ElementType.BOOL).setShape(Shape.of(7, 7));
                }
            }
            for (Node node : List.copyOf(graph.nodes())) {
                node.setName("ruined");
                node.setDoc("ruined");
                node.setOp("ruined", node.op());
                node.set("ruined", 1);
                for (int i = 0; i < node.inputs().size(); i++) {
                    node.setInput(i, null);
                }
            }
            graph.addOutput(graph.addConstant(TWO));
        }
    }

    @Test
    void readsItsOwnValuesInsideSubgraphs() {
        Model copy = read("subgraphs").copy();
        Map<Graph, Graph> own = new LinkedHashMap<>();
        graphs(copy).forEach(g -> own.put(g, g));
        for (Graph graph : own.keySet()) {
            for (Node node : graph.nodes()) {
                assertThat(node.subgraphs()).allMatch(g -> g.owner() == node);
                for (int i = 0; i < node.inputs().size(); i++) {
                    Value input = node.input(i);
                    if (input != null) {
                        assertThat(own).containsKey(input.graph());
                        assertThat(input.uses()).contains(new Use(node, i));
                    }
                }
                for (Value output : node.outputs()) {
                    assertThat(output == null || output.producer() == node).isTrue();
                }
            }
        }
    }

    @Test
    void keepsTypesAndShapesAndCreatesUniqueNames() {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(3)));
        Value shape = graph.addNode("Shape", x).output();
        shape.setElements(List.of(Dim.symbol("N"), Dim.of(3)));
        graph.addOutput(shape);
        Graph copy = new Model(graph).copy().graph();
        assertThat(copy.outputs().get(0).elements()).containsExactly(Dim.symbol("N"), Dim.of(3));
        assertThat(copy.outputs().get(0).producer())
                .isSameAs(copy.nodes().iterator().next());
        assertThat(copy.freshName("Shape")).isNotEqualTo(shape.name());
    }

    /** Both models get the names a file would have, so results can be matched by name. */
    @Test
    void namesReferToTheSameValuesInBoth() {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(1));
        Value twice = graph.addNode("Abs", x).output();
        Value again = graph.addNode("Neg", twice).output();
        Value last = graph.addNode("Relu", again).output();
        twice.setName("t");
        again.setName("t");
        graph.addOutput(last);
        Graph copy = new Model(graph).copy().graph();
        assertThat(twice.name()).isNotEqualTo(again.name());
        assertThat(copy.find(again.name()).producer().op()).isEqualTo("Neg");
        assertThat(copy.find(twice.name()).producer().op()).isEqualTo("Abs");
    }

    @Test
    void rejectsAGraphThatReadsMissingValues() {
        Graph graph = new Graph("g");
        graph.addOutput(new Graph("other").addInput("x", ElementType.FLOAT, Shape.of(1)));
        assertThatThrownBy(() -> new Model(graph).copy())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("value x ");
    }

    @Test
    void severalThreadsCanCopyOneModel() throws Exception {
        Model model = read("everything");
        byte[] expected = OnnxWriter.toBytes(model);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<byte[]>> copies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                copies.add(threads.submit(() -> OnnxWriter.toBytes(model.copy())));
            }
            for (Future<byte[]> copy : copies) {
                assertThat(copy.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
