package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single nodes against the shapes that ONNX Runtime gives them; see {@code single_ops.py}. */
class OnnxShapesTest {
    private record Case(String op, List<TextSpec> inputs, String attributes, List<TextSpec> outputs) {
        static Case of(String line) {
            String[] field = line.split("\t", -1);
            return new Case(
                    field[0],
                    fields(field[1])
                            .map(t -> t.equals("-") ? null : TextSpec.of(t))
                            .toList(),
                    field[2],
                    fields(field[3]).map(TextSpec::of).toList());
        }

        private static Stream<String> fields(String text) {
            return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(" "));
        }

        @Override
        public String toString() {
            String given = inputs.stream()
                    .map(s -> s == null
                            ? "-"
                            : s.type() + Arrays.toString(s.dims()) + (s.contents() == null ? "" : s.contents()))
                    .toList()
                    .toString();
            return op + given + attributes;
        }

        /** The node, its inputs having these numbers, or for each number above 1 a symbol. */
        Node build(boolean symbolic) {
            Graph graph = new Graph("case");
            List<Value> values = new ArrayList<>();
            for (TextSpec spec : inputs) {
                if (spec == null) {
                    values.add(null);
                } else if (spec.contents() != null) {
                    values.add(graph.addConstant(spec.tensor()));
                } else {
                    Shape shape = new Shape(Arrays.stream(spec.dims())
                            .mapToObj(d -> symbolic && d > 1 ? Dim.symbol("s" + d) : Dim.of(d))
                            .toList());
                    values.add(graph.addInput("x" + values.size(), spec.type(), shape));
                }
            }
            int dot = op.lastIndexOf('.');
            Node node = graph.addNode(dot < 0 ? "" : op.substring(0, dot), op.substring(dot + 1), values);
            TextSpec.setAttributes(node, attributes);
            for (int i = 0; i < outputs.size(); i++) {
                node.addOutput("y" + i);
            }
            return node;
        }
    }

    static List<Case> cases() throws IOException {
        try (InputStream file = OnnxShapesTest.class.getResourceAsStream("single_ops.tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Case::of)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void concreteShapesAreThoseOfARun(Case c) {
        Node node = c.build(false);
        ShapeRules.infer(node);
        for (int i = 0; i < c.outputs.size(); i++) {
            TextSpec expected = c.outputs.get(i);
            Value output = node.output(i);
            assertThat(output.type()).as("type of output " + i).isEqualTo(expected.type());
            assertThat(output.shape()).as("shape of output " + i).isNotNull();
            assertThat(output.shape().rank()).as("rank of output " + i).isEqualTo(expected.dims().length);
            for (int axis = 0; axis < expected.dims().length; axis++) {
                Dim dim = output.shape().dim(axis);
                if (expected.dims()[axis] < 0) {
                    assertThat(dim.isConstant()).isFalse();
                } else {
                    assertThat(dim).as("axis " + axis + " of output " + i).isEqualTo(Dim.of(expected.dims()[axis]));
                }
            }
            if (expected.contents() != null && !expected.type().isFloat()) {
                assertThat(output.elements())
                        .as("contents of output " + i)
                        .isEqualTo(TextSpec.split(expected.contents())
                                .map(Long::parseLong)
                                .map(Dim::of)
                                .toList());
            }
        }
    }

    /** With symbols for sizes, what is known has to come out right when the numbers are put in. */
    @ParameterizedTest
    @MethodSource("cases")
    void symbolicShapesHoldForTheNumbers(Case c) {
        Node node = c.build(true);
        ShapeRules.infer(node);
        for (int i = 0; i < c.outputs.size(); i++) {
            Shape shape = node.output(i).shape();
            long[] expected = c.outputs.get(i).dims();
            if (shape == null) {
                assertThat(MAY_LOSE_RANK).contains(c.op);
                continue;
            }
            assertThat(shape.rank()).isEqualTo(expected.length);
            for (int axis = 0; axis < expected.length; axis++) {
                Dim dim = shape.dim(axis);
                if (!dim.isAnonymous() && expected[axis] >= 0) {
                    Dim value = dim.substitute(s -> Dim.of(Long.parseLong(s.substring(1))));
                    assertThat(value).as("axis " + axis + ": " + dim).isEqualTo(Dim.of(expected[axis]));
                } else {
                    assertThat(MAY_LOSE_SIZE).contains(c.op);
                }
            }
        }
    }

    /** Squeeze without axes drops whatever is 1. */
    private static final Set<String> MAY_LOSE_RANK = Set.of("Squeeze");

    /** The sizes of these depend on contents, or on comparing a symbol with a number. */
    private static final Set<String> MAY_LOSE_SIZE =
            Set.of("Slice", "Resize", "NonZero", "Compress", "Unique", "NonMaxSuppression", "MaxPool", "Reshape");

    @Test
    void everyRuleHasCases() throws IOException {
        Set<String> missing = new TreeSet<>(ShapeRules.names());
        cases().forEach(c -> missing.remove(c.op));
        // Bodies are graphs: ControlFlowShapesTest. The others take strings, sequences or encoded images.
        assertThat(missing)
                .containsExactlyInAnyOrder(
                        "If",
                        "Loop",
                        "Scan",
                        "ImageDecoder",
                        "OptionalHasElement",
                        "RegexFullMatch",
                        "SequenceLength",
                        "StringConcat");
    }
}
