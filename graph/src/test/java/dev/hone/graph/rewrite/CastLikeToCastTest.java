package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Model;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CastLikeToCastTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    @Test
    void replacesCastLikeByCast() {
        Value x = r.batchInput("x", 3);
        r.output(ops.mul(x, ops.op("CastLike", ops.constant(Tensor.vector(1, 2, 3)), x)));
        r.fires(new CastLikeToCast(), 0);
        assertThat(r.operators()).containsExactly("Cast", "Mul");
        r.fires(Passes.standard(), 0);
        assertThat(r.operators()).containsExactly("Mul");
    }

    @Test
    void declinesAnUnknownType() {
        Value x = r.batchInput("x", 3);
        Value y = ops.op("CastLike", ops.constant(2f), x);
        r.output(y);
        x.setType(null);
        r.declines(new CastLikeToCast(), "unknown");
    }

    /** Without saturation a large number becomes infinite or NaN. */
    @Test
    void keepsTheSaturation() {
        Value x = r.batchInput("x", 3);
        Value like = ops.constant(Tensor.of(ElementType.FLOAT8E5M2, new long[0], new byte[1]));
        Value small = ops.op("CastLike", Map.of("saturate", 0), ops.mul(x, 1e9), like);
        r.output(ops.cast(small, ElementType.FLOAT));
        assertThat(RewriteRules.of(new CastLikeToCast()).run(new Model(r.graph())))
                .isTrue();
        assertThat(r.node("Cast").intAttribute("saturate", 1)).isZero();
    }
}
