package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import org.junit.jupiter.api.Test;

class SumToAddTest {
    private final RewriteTester r = new RewriteTester();

    @Test
    void writesTwoAsAdd() {
        Value x = r.batchInput("x", 3, 4);
        r.output(r.ops().op("Sum", x, r.ops().op("Sum", r.weights(4), x)));
        r.fires(new SumToAdd(), 0);
        assertThat(r.operators()).containsExactly("Add", "Add");
    }

    @Test
    void declinesThree() {
        Value x = r.batchInput("x", 4);
        r.output(r.ops().op("Sum", x, x, x));
        r.declines(new SumToAdd(), "two inputs");
    }
}
