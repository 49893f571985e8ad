package dev.hone.graph.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import org.junit.jupiter.api.Test;

class MergeClampsTest {
    private final RewriteTester r = new RewriteTester();
    private final Ops ops = r.ops();

    private Value clip(Value x, Float low, Float high) {
        return ops.op("Clip", x, low == null ? null : ops.constant(low), high == null ? null : ops.constant(high));
    }

    @Test
    void replacesClipWithoutUpperBoundByRelu() {
        r.output(clip(r.batchInput("z", 5), 0f, Float.POSITIVE_INFINITY));
        r.fires(new MergeClamps(), 0);
        assertThat(r.operators()).containsExactly("Relu");
    }

    /** Softmax of a row of minus infinity is NaN, of the lowest float it is uniform. */
    @Test
    void theLowestFloatIsABound() {
        Value masked = ops.add(r.batchInput("x", 5), ops.constant(Float.NEGATIVE_INFINITY));
        r.output(ops.op("Softmax", clip(masked, -Float.MAX_VALUE, null)));
        r.declines(new MergeClamps(), "simplest form");
        assertThat(r.run().get("y0")).containsOnly(0.2f);
    }

    @Test
    void mergesTwoInARow() {
        r.output(clip(ops.op("Relu", r.batchInput("x", 50)), -1f, 0.75f));
        r.output(clip(clip(r.batchInput("z", 50), 0.25f, 2f), -1f, 0.5f));
        r.output(clip(clip(r.batchInput("w", 50), -2f, -0.5f), 0.25f, 0.5f));
        r.fires(new MergeClamps(), 0);
        assertThat(r.operators()).containsExactly("Clip", "Clip", "Clip");
    }

    @Test
    void removesAClipWithoutBounds() {
        r.output(ops.op(
                "Abs", clip(ops.op("Neg", r.batchInput("x", 5)), Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY)));
        r.fires(new MergeClamps(), 0);
        assertThat(r.operators()).containsExactly("Neg", "Abs");
    }

    /** The runtime takes the lowest and the largest number where a bound is absent: infinity becomes that. */
    @Test
    void anAbsentBoundClipsInfinity() {
        Value low = ops.mul(ops.op("Abs", r.batchInput("x", 5)), Float.NEGATIVE_INFINITY);
        r.output(clip(low, null, Float.POSITIVE_INFINITY));
        r.output(clip(ops.neg(low), 0f, null));
        r.output(clip(low, null, null));
        r.declines(new MergeClamps(), "simplest form");
        assertThat(r.run().get("y0")).containsOnly(-Float.MAX_VALUE);
        assertThat(r.run().get("y1")).containsOnly(Float.MAX_VALUE);
        assertThat(r.run().get("y2")).containsOnly(-Float.MAX_VALUE);
    }

    @Test
    void mergedClipsLeaveAbsentWhatIsAbsent() {
        r.output(clip(clip(r.batchInput("x", 50), null, 0.75f), null, 0.5f));
        r.output(clip(ops.op("Relu", r.batchInput("z", 50)), null, null));
        r.fires(new MergeClamps(), 0);
        assertThat(r.graph().nodes()).extracting(n -> n.inputs().size()).containsExactly(3, 2);
        assertThat(r.graph().nodes()).allMatch(n -> n.is("Clip"));
    }

    @Test
    void declinesIfTheInnerNodeHasOtherUses() {
        Value y = clip(r.batchInput("x", 5), 0f, 6f);
        r.output(y);
        r.output(clip(y, 1f, 2f));
        r.declines(new MergeClamps(), "simplest form");
    }

    @Test
    void declinesVariableBounds() {
        r.output(ops.op("Clip", r.batchInput("x", 5), r.input("low")));
        r.declines(new MergeClamps(), "not constants");
    }
}
