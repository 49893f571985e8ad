package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class ToGeluTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    private Value normal(Value x) {
        return ops.add(ops.op("Erf", ops.div(x, ops.constant(1.4142135f))), 1);
    }

    private Value cubic(Value x, Value cube) {
        Value inner = ops.add(x, ops.mul(cube, 0.044715));
        return ops.add(ops.op("Tanh", ops.mul(inner, 0.7978845608)), 1);
    }

    /** As exported by PyTorch for opsets below 20, in both orders, and by older TensorFlow. */
    @Test
    void recognizesErf() {
        Value x = r.batchInput("x", 20);
        Value y = ops.mul(ops.mul(x, normal(x)), 0.5);
        Value z = ops.mul(normal(y), ops.mul(ops.constant(0.5f), y));
        Value cdf = ops.add(ops.constant(1f), ops.op("Erf", ops.mul(ops.constant(0.70710678f), z)));
        r.output(ops.mul(z, ops.mul(cdf, 0.5)));
        r.fires(new ToGelu(), 1e-6);
        assertThat(r.operators()).containsExactly("Gelu", "Gelu", "Gelu");
        assertThat(r.node("Gelu").stringAttribute("approximate", "")).isEqualTo("none");
    }

    @Test
    void recognizesTanh() {
        Value x = r.batchInput("x", 20);
        Value y = ops.mul(ops.mul(x, 0.5), cubic(x, ops.op("Pow", x, ops.constant(3f))));
        r.output(ops.mul(ops.mul(cubic(y, ops.mul(ops.mul(y, y), y)), y), 0.5));
        r.fires(new ToGelu(), 1e-6);
        assertThat(r.operators()).containsExactly("Gelu", "Gelu");
        assertThat(r.node("Gelu").stringAttribute("approximate", "")).isEqualTo("tanh");
    }

    @Test
    void declinesOtherNumbers() {
        Value x = r.batchInput("x", 20);
        r.output(ops.mul(ops.mul(x, normal(x)), 0.6));
        r.output(ops.mul(ops.mul(x, ops.add(ops.op("Erf", x), 1)), 0.5));
        r.output(ops.mul(ops.mul(x, cubic(x, ops.mul(x, x))), 0.5));
        r.declines(new ToGelu(), "half the product");
    }

    @Test
    void declinesTheDistributionOfSomethingElse() {
        Value x = r.batchInput("x", 20);
        r.output(ops.mul(ops.mul(x, normal(ops.op("Neg", x))), 0.5));
        r.declines(new ToGelu(), "of the other");
    }

    @Test
    void declinesWithOtherUses() {
        Value x = r.batchInput("x", 20);
        Value cdf = normal(x);
        r.output(cdf);
        r.output(ops.mul(ops.mul(x, cdf), 0.5));
        r.declines(new ToGelu(), "of the other");
    }
}
