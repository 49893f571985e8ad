package dev.hone.graph.op;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.op.Operator.Parameter;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The table of shape rules, one file per family of operators, and what they have in common. */
public final class ShapeRules {
    private static final Map<String, ShapeRule> TABLE = new TreeMap<>();

    static {
        ElementwiseShapes.register(TABLE);
        WindowShapes.register(TABLE);
        MatrixShapes.register(TABLE);
        NormalizationShapes.register(TABLE);
        LayoutShapes.register(TABLE);
        ReshapedShapes.register(TABLE);
        SelectionShapes.register(TABLE);
        ReductionShapes.register(TABLE);
        GeneratorShapes.register(TABLE);
        RecurrentShapes.register(TABLE);
        AttentionShapes.register(TABLE);
        ControlFlowShapes.register(TABLE);
        VisionShapes.register(TABLE);
        SignalShapes.register(TABLE);
    }

    private ShapeRules() {}

    /**
     * Sets element types, shapes and, for small integer tensors, known elements of a node's outputs from its inputs. An
     * operator without a rule leaves them as they are, and so does a rule where it knows nothing.
     *
     * @throws GraphException if the inputs' shapes contradict the operator; names the node and the shapes
     */
    public static void infer(Node node) {
        Operator operator = Operators.of(node);
        if (operator != null) {
            inferTypes(node, operator);
        }
        ShapeRule rule = TABLE.get(Operators.key(node.domain(), node.op()));
        if (rule != null) {
            ShapeContext context = new ShapeContext(node);
            try {
                rule.infer(context);
                KnownElements.infer(context);
            } catch (HoneException e) {
                throw e;
            } catch (RuntimeException e) {
                throw context.misfit(e);
            }
        }
    }

    /** Whether there is a rule for a node's operator. */
    static boolean isKnown(Node node) {
        return TABLE.containsKey(Operators.key(node.domain(), node.op()));
    }

    /** The operators that have a rule; those outside of ONNX's own domain with it in front. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(TABLE.keySet());
    }

    /** Outputs whose type the signature ties to that of an input, or fixes. Rules say the rest. */
    private static void inferTypes(Node node, Operator operator) {
        for (int i = 0; i < node.outputs().size(); i++) {
            Value output = node.output(i);
            Parameter formal = operator.output(i);
            if (output == null || formal == null || formal.mixed()) {
                continue;
            }
            ElementType type = boundType(node, operator, formal.type());
            if (type != null) {
                output.setType(type);
            }
        }
    }

    private static ElementType boundType(Node node, Operator operator, String variable) {
        Set<String> allowed = operator.variables().getOrDefault(variable, Set.of(variable));
        if (allowed.size() == 1) {
            return ElementType.named(allowed.iterator().next());
        }
        for (int i = 0; i < node.inputs().size(); i++) {
            Value input = node.input(i);
            Parameter formal = operator.input(i);
            if (input != null && formal != null && formal.type().equals(variable) && input.type() != null) {
                return input.type();
            }
        }
        return null;
    }
}
