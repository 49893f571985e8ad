package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Set;

/**
 * Turns a division by a constant into a multiplication.
 *
 * <pre>x / c  =  x * (1 / c)</pre>
 *
 * <p>Every 1/c must be a normal number. Changes results by at most one rounding, 2^-23 relative.
 */
public final class DivToMul implements RewriteRule {
    @Override
    public String description() {
        return "Turn divisions by constants into multiplications.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Div");
    }

    @Override
    public Match match(Node node) {
        Tensor divisor = Patterns.constant(node.input(1));
        if (divisor == null || !ChannelAffine.foldable(divisor.type())) {
            return Match.declined("it does not divide by a float constant");
        }
        double[] inverse = Arrays.stream(divisor.doubles()).map(c -> 1 / c).toArray();
        if (!Arrays.stream(inverse).allMatch(v -> Math.abs(v) >= Float.MIN_NORMAL && Math.abs(v) <= Float.MAX_VALUE)) {
            return Match.declined("an inverse is not a normal number");
        }
        return Match.found(() -> {
            Ops ops = new Ops(node.graph());
            Value factor =
                    ops.constant(Tensor.ofDoubles(inverse, divisor.dims()).to(divisor.type()));
            GraphEdits.replaceByNew(node.output(), ops.mul(node.input(0), factor));
        });
    }
}
