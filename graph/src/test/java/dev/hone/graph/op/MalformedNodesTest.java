package dev.hone.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator.AttributeSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files hold anything: whatever the inputs and attributes, a rule answers or says what is wrong with which node. */
class MalformedNodesTest {
    private static final long[] NUMBERS = {-1000, -3, -2, -1, 0, 0, 1, 1, 2, 3, 4, 7, Long.MAX_VALUE, Long.MIN_VALUE};

    static List<Operator> operators() {
        return Operators.all().stream()
                .filter(o -> ShapeRules.names().contains(o.key()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("operators")
    void rulesAnswerOrNameTheNode(Operator operator) {
        Random random = new Random(operator.name().hashCode());
        int answers = 0;
        for (int round = 0; round < 100; round++) {
            Node node = node(operator, random);
            try {
                ShapeRules.infer(node);
                CostRules.of(node);
                answers++;
            } catch (GraphException e) {
                assertThat(e).hasMessageStartingWith(node.label()).hasMessageNotContaining("\n");
            } catch (RuntimeException e) {
                fail("round " + round + ", " + node + node.inputs() + node.attributes(), e);
            }
        }
        // Bodies are graphs, which are not made up here.
        assertThat(answers > 0).isEqualTo(!List.of("If", "Loop", "Scan").contains(operator.name()));
    }

    private static Node node(Operator operator, Random random) {
        Graph graph = new Graph("malformed");
        List<Value> inputs = new ArrayList<>();
        int count = Math.min(operator.maxInputs(), Math.max(operator.minInputs(), random.nextInt(6)));
        for (int i = 0; i < count; i++) {
            inputs.add(random.nextInt(8) == 0 ? null : value(graph, random));
        }
        Node node = graph.addNode(operator.domain(), operator.name(), inputs);
        for (AttributeSignature attribute : operator.attributes().values()) {
            if (random.nextInt(3) > 0) {
                node.set(attribute.name(), attribute(attribute.kind(), random));
            }
        }
        for (int i = random.nextInt(4); i >= 0; i--) {
            node.addOutput("y" + i);
        }
        return node;
    }

    private static Value value(Graph graph, Random random) {
        ElementType[] types = {
            ElementType.FLOAT, ElementType.INT64, ElementType.INT64, ElementType.BOOL, ElementType.UINT8
        };
        ElementType type = types[random.nextInt(types.length)];
        String name = "x" + random.nextInt();
        int rank = random.nextInt(6);
        if (rank == 5) {
            return graph.addInput(name, type, null);
        }
        if (random.nextInt(3) == 0) {
            long[] values = numbers(random, random.nextInt(5));
            Tensor vector = random.nextInt(4) == 0 ? Tensor.scalar(numbers(random, 1)[0]) : Tensor.vector(values);
            return graph.addConstant(name, vector.to(type));
        }
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            int kind = random.nextInt(8);
            dims.add(kind == 0 ? Dim.symbol("N") : kind == 1 ? Dim.unknown() : Dim.of(random.nextInt(6)));
        }
        return graph.addInput(name, type, new Shape(dims));
    }

    private static long[] numbers(Random random, int count) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = NUMBERS[random.nextInt(NUMBERS.length)];
        }
        return values;
    }

    private static Object attribute(String kind, Random random) {
        return switch (kind) {
            case "int" -> numbers(random, 1)[0];
            case "ints" -> numbers(random, random.nextInt(5));
            case "float" -> 0.5f;
            case "floats" -> new float[] {0.5f};
            case "string" ->
                new String[] {"", "SAME_UPPER", "VALID", "ij,jk->ik", "...i->i.", "bidirectional", "not_larger"}
                        [random.nextInt(7)];
            case "tensor" -> Tensor.vector(numbers(random, random.nextInt(3)));
            default -> null;
        };
    }
}
