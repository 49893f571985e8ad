package dev.hone.autodiff;

import dev.hone.graph.Node;
import dev.hone.graph.expand.Expansions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table of gradients: for each operator, at {@link dev.hone.graph.Model#OPSET} or that of a later opset, the gradients
 * of its inputs in terms of its inputs, its outputs and the gradients of its outputs. They consist of ordinary ONNX
 * operators, so that any runtime can run them and they can be differentiated again. Rules are short because {@link
 * Backward} sums over the uses of a value, reduces over broadcast axes and skips gradients that are not needed.
 */
public final class Gradients {
    private static final Map<String, GradientRule> RULES = rules();

    private Gradients() {}

    private static Map<String, GradientRule> rules() {
        GradientRules rules = new GradientRules();
        ArithmeticGradients.add(rules);
        ActivationGradients.add(rules);
        ReductionGradients.add(rules);
        LayoutGradients.add(rules);
        IndexGradients.add(rules);
        MatrixGradients.add(rules);
        ConvolutionGradients.add(rules);
        PoolingGradients.add(rules);
        ResizeGradients.add(rules);
        NormalizationGradients.add(rules);
        BranchGradients.add(rules);
        rules.body("Scan", ScanGradients::gradients);
        rules.body("Loop", LoopGradients::gradients);
        Expansions.table().forEach(rules::expanded);
        rules.zero(
                "ArgMax",
                "ArgMin",
                "Hardmax",
                "Shape",
                "Size",
                "NonZero",
                "ConstantOfShape",
                "Constant",
                "RandomNormal",
                "RandomNormalLike",
                "RandomUniform",
                "RandomUniformLike",
                "EyeLike",
                "IsNaN",
                "IsInf");
        rules.none(
                "its scale depends on its input; use QuantizeLinear with fixed scales to train through quantization",
                "DynamicQuantizeLinear");
        return Map.copyOf(rules.byOperator());
    }

    /** The rule for a node, or null. */
    static GradientRule of(Node node) {
        return RULES.get(node.domain().isEmpty() ? node.op() : node.domain() + "." + node.op());
    }

    /** Whether a node's operator has a derivative. */
    public static boolean isDifferentiable(Node node) {
        return isDerivative(of(node));
    }

    private static boolean isDerivative(GradientRule rule) {
        return !(rule == null || rule instanceof GradientRule.Zero || rule instanceof GradientRule.None);
    }

    static List<String> differentiable() {
        return RULES.keySet().stream()
                .filter(op -> isDerivative(RULES.get(op)))
                .sorted()
                .toList();
    }

    /** Every operator of the table, those of other domains with the domain in front, in alphabetical order, with a short description of its gradient. */
    public static Map<String, String> names() {
        Map<String, String> names = new TreeMap<>();
        RULES.forEach((op, rule) -> names.put(op, describe(rule)));
        return Collections.unmodifiableMap(names);
    }

    private static String describe(GradientRule rule) {
        if (rule instanceof GradientRule.None none) {
            return "none: " + none.reason();
        }
        return rule instanceof GradientRule.Zero ? "zero" : "yes";
    }
}
