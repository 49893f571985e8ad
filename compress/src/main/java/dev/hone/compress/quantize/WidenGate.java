package dev.hone.compress.quantize;

import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.RewriteRule;
import java.util.Set;

/**
 * Repeats the factors of few channels along a row of a large image before they are multiplied.
 *
 * <pre>Mul(x[N,C,H,W], g[N,C,1,1]) = Mul(x, Expand(g, [1,1,1,W]))</pre>
 *
 * <p>The integer kernel multiplies with channels last, and takes one step per pixel where the factors are one per channel;
 * of 16 or 32 bytes a step is mostly preparation. With a whole row of W x C factors it took a half to a third of the time;
 * with many channels it takes as long, and the row has to be made. Results stay the same, bit for bit.
 */
final class WidenGate implements RewriteRule {
    private static final int MOST_CHANNELS = 64;
    private static final int FEWEST_PIXELS = 1024;

    @Override
    public Set<String> operators() {
        return Set.of("Mul");
    }

    @Override
    public String description() {
        return "Repeat the factors of few channels along a row of a large image.";
    }

    @Override
    public Match match(Node mul) {
        for (int i = 0; i < 2; i++) {
            Value gate = mul.input(i);
            Shape image = mul.input(1 - i).shape();
            if (isFactorPerChannel(gate) && isLargeImage(image)) {
                int index = i;
                return Match.found(() -> {
                    Ops ops = new Ops(mul.graph());
                    Value wide = ops.op("Expand", gate, ops.vector(1, 1, 1, image.size(3)));
                    wide.setName(gate.name() + "_wide");
                    mul.setInput(index, wide);
                    mul.graph().sort();
                });
            }
        }
        return Match.declined("it does not multiply a large image of few channels by one factor per channel");
    }

    private static boolean isFactorPerChannel(Value gate) {
        Shape shape = gate.shape();
        return !gate.isConstant()
                && shape != null
                && shape.rank() == 4
                && shape.dim(1).isConstant()
                && shape.size(1) > 1
                && shape.size(1) <= MOST_CHANNELS
                && shape.dim(2).is(1)
                && shape.dim(3).is(1);
    }

    private static boolean isLargeImage(Shape shape) {
        return shape != null
                && shape.rank() == 4
                && shape.dim(2).isConstant()
                && shape.dim(3).isConstant()
                && shape.size(2) * shape.size(3) >= FEWEST_PIXELS;
    }
}
