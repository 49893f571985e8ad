package dev.hone.graph.rewrite;

import dev.hone.graph.Node;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Recognizes the hard sigmoid as written by older exporters.
 *
 * <pre>Clip(x + b, 0, h) * (1/h)  =  Clip(x + b, 0, h) / h  =  HardSigmoid(x; alpha = 1/h, beta = b/h)</pre>
 *
 * <p>Changes results by rounding, about 1e-7.
 */
public final class ClipToHardSigmoid implements RewriteRule {
    @Override
    public String description() {
        return "Recognize a clipped, shifted and divided value as HardSigmoid.";
    }

    @Override
    public Set<String> operators() {
        return Set.of("Div", "Mul");
    }

    @Override
    public Set<String> makes() {
        return Set.of("HardSigmoid");
    }

    @Override
    public Match match(Node node) {
        for (int i = 0; i < (node.is("Div") ? 1 : 2); i++) {
            Node clip = Patterns.soleProducer(node, i, "Clip");
            OptionalDouble factor = Patterns.scalar(node.input(1 - i));
            if (clip != null && factor.isPresent()) {
                return match(node, clip, node.is("Div") ? 1 / factor.getAsDouble() : factor.getAsDouble());
            }
        }
        return Match.declined("it does not scale a Clip without other uses by a constant");
    }

    private static Match match(Node node, Node clip, double alpha) {
        OptionalDouble low = Patterns.scalar(clip.input(1));
        OptionalDouble high = Patterns.scalar(clip.input(2));
        if (low.isEmpty()
                || high.isEmpty()
                || low.getAsDouble() != 0
                || high.getAsDouble() < 0
                || Math.abs(high.getAsDouble() * alpha - 1) > 1e-6) {
            return Match.declined("the Clip is not scaled to [0, 1]");
        }
        Node add = Patterns.soleProducer(clip, 0, "Add");
        for (int i = 0; add != null && i < 2; i++) {
            OptionalDouble term = Patterns.scalar(add.input(i));
            Value x = add.input(1 - i);
            if (term.isPresent() && Patterns.rank(x) >= 0 && Patterns.sameShape(x, node.output())) {
                double beta = term.getAsDouble() * alpha;
                return Match.found(() -> GraphEdits.replaceByNew(
                        node.output(),
                        new Ops(node.graph())
                                .op("HardSigmoid", Map.of("alpha", (float) alpha, "beta", (float) beta), x)));
            }
        }
        return Match.declined("no constant is added before the Clip");
    }
}
