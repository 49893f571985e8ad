package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import java.util.Set;

/**
 * Removes arithmetic with a neutral element.
 *
 * <pre>x + 0 = x - 0 = x * 1 = x / 1 = x ^ 1 = x</pre>
 *
 * <p>Only if broadcasting with the constant keeps the shape of x. Results are identical except for the sign of zero.
 */
public final class RemoveNeutralElements implements RewriteRule {
    @Override
    public String description() {
        return "Remove additions of zero, multiplications and divisions by one, and powers of one.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Add", "Sub", "Mul", "Div", "Pow");
    }

    @Override
    public Match match(Node node) {
        double neutral = node.op().equals("Add") || node.op().equals("Sub") ? 0 : 1;
        boolean commutes = node.op().equals("Add") || node.op().equals("Mul");
        for (int i = commutes ? 0 : 1; i < 2; i++) {
            Value x = node.input(1 - i);
            Value constant = node.input(i);
            if (!Patterns.isFilledWith(constant, neutral)) {
                continue;
            }
            if (!Patterns.keepsShape(x, constant.constant(), node.output())) {
                return Match.declined("the constant may broadcast its other operand");
            }
            if (!GraphEdits.canReplace(node.output(), x)) {
                return Match.declined("it produces a graph output");
            }
            return Match.found(() -> GraphEdits.replaceByExisting(node.output(), x));
        }
        return Match.declined("no operand is the neutral element");
    }
}
