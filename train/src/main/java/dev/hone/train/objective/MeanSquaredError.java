package dev.hone.train.objective;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;

/**
 * The mean of squared differences between the model's first output [N,M] (or of any other shape) and {@code targets} of
 * the same shape: PyTorch's {@code mse_loss}.
 */
public record MeanSquaredError() implements Objective {
    @Override
    public Value loss(ObjectiveContext context) {
        Ops o = context.ops();
        Value found = context.output(0);
        Shape shape = found.shape();
        if (shape == null
                || shape.rank() == 0
                || !shape.isConstant()
                || shape.size(0) != context.batch()
                || found.type() != ElementType.FLOAT) {
            throw new HoneException("the first output of the model, " + found
                    + ", is no number or row of numbers for each sample, expected [N,M] of float32");
        }
        long[] sample = Arrays.copyOfRange(shape.sizes(), 1, shape.rank());
        Value difference = o.sub(found, context.target(Batch.TARGETS, ElementType.FLOAT, sample));
        long[] axes = new long[shape.rank()];
        Arrays.setAll(axes, i -> i);
        return o.reduceMean(o.mul(difference, difference), false, axes);
    }

    @Override
    public String describe() {
        return "mean squared error";
    }
}
