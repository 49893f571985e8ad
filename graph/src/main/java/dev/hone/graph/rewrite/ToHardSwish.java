package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Set;

/**
 * Recognizes the hard swish.
 *
 * <pre>x * HardSigmoid(x; alpha = 1/6, beta = 1/2)  =  HardSwish(x)</pre>
 *
 * <p>The HardSigmoid must have no other uses. Changes results by rounding, about 1e-7 of the largest output.
 */
public final class ToHardSwish implements RewriteRule {
    @Override
    public String description() {
        return "Recognize x * HardSigmoid(x) as HardSwish.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Mul");
    }

    @Override
    public Set<String> makes() {
        return Set.of("HardSwish");
    }

    @Override
    public Match match(Node mul) {
        Node gate = Patterns.gatedBy("HardSigmoid", mul);
        if (gate == null) {
            return Match.declined("no operand is the HardSigmoid of the other");
        }
        if (Math.abs(gate.floatAttribute("alpha", 0.2f) - 1 / 6.0) > 1e-6
                || Math.abs(gate.floatAttribute("beta", 0.5f) - 0.5) > 1e-6) {
            return Match.declined("the slope is not 1/6 or the offset not 1/2");
        }
        Value x = gate.input(0);
        return Match.found(() -> GraphEdits.replaceByNew(mul.output(), new Ops(mul.graph()).op("HardSwish", x)));
    }
}
