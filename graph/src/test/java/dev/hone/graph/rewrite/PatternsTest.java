package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import org.junit.jupiter.api.Test;

class PatternsTest {
    private final RewriteTester r = new RewriteTester();

    @Test
    void recognizesSilu() {
        Value x = r.batchInput("x", 3);
        Value gate = r.ops().op("Sigmoid", x);
        assertThat(Patterns.silu(r.ops().mul(gate, x).producer())).isSameAs(gate.producer());
    }

    @Test
    void otherGatesAreNotSilu() {
        Value x = r.batchInput("x", 3);
        Value other = r.ops().mul(r.ops().op("Sigmoid", r.ops().op("Neg", x)), x);
        Value shared = r.ops().op("Sigmoid", x);
        r.output(shared);
        assertThat(Patterns.silu(other.producer())).isNull();
        assertThat(Patterns.silu(r.ops().mul(x, shared).producer())).isNull();
    }
}
