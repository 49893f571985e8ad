package dev.hone.train.objective;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Arrays;
import java.util.Map;

/**
 * What the losses of classifiers share. Of logits x [N,K] and target distributions t [N,K] with {@code p = softmax(x)},
 * label smoothing e, class weights w and focusing g it is {@code sum w_k s_nk (1 - p_nk)^g (-log p_nk) / sum w_k t_nk}
 * where {@code s = (1 - e) t + e / K}.
 */
final class ClassLoss {
    /** The metric that classifiers report: the fraction of samples whose most probable class is that of the target. */
    static final String ACCURACY = "accuracy";

    private ClassLoss() {}

    static void check(double smoothing) {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new HoneException("label smoothing is " + smoothing + ", expected at least 0 and less than 1");
        }
    }

    /** The first output of a model as logits. */
    static Value logits(AttachedModel model) {
        Value logits = model.output(0);
        if (logits.shape() == null
                || logits.shape().rank() != 2
                || !logits.shape().isConstant()
                || logits.type() != ElementType.FLOAT) {
            throw new HoneException(
                    "the first output of the model, " + logits + ", is no matrix [N,K] of logits; adapt it first");
        }
        return logits;
    }

    /**
     * @param classWeights one per class, or null for equal ones
     * @param gamma 0 for no focusing
     */
    static Value of(ObjectiveContext c, double smoothing, float[] classWeights, double gamma) {
        Value logits = logits(c.model());
        return of(c, logits, logits, smoothing, classWeights, gamma);
    }

    /**
     * @param logits [N,K], which the accuracy is of
     * @param scores what the loss is of: the same, or logits of the members of an ensemble, [M,N,K], whose losses are averaged
     */
    static Value of(
            ObjectiveContext c, Value logits, Value scores, double smoothing, float[] classWeights, double gamma) {
        Ops o = c.ops();
        long classes = logits.shape().size(1);
        if (classWeights != null && classWeights.length != classes) {
            throw new HoneException("there are " + classWeights.length + " class weights for " + classes
                    + " classes, expected one each");
        }
        Value targets = c.target(Batch.TARGETS, ElementType.FLOAT, classes);
        Value logP = o.op("LogSoftmax", Map.of("axis", -1), scores);
        Value smoothed = smoothing == 0 ? targets : o.add(o.mul(targets, 1 - smoothing), smoothing / classes);
        Value focused = logP;
        Value weighted = smoothed;
        Value mass = targets;
        if (classWeights != null) {
            Value weights = o.constant(Tensor.ofFloats(classWeights, 1, classes));
            weighted = o.mul(smoothed, weights);
            mass = o.mul(targets, weights);
        }
        if (gamma > 0) {
            Value missing = o.sub(o.constant(1f), o.op("Exp", logP));
            // Rounding can make the difference negative, and the derivative of a power below 1 has a pole at 0.
            Value safe = o.op("Max", missing, o.constant(1e-6f));
            focused = o.mul(logP, o.op("Pow", safe, o.constant((float) gamma)));
        }
        if (scores.shape().rank() == 3) {
            focused = o.reduceMean(focused, false, 0);
        }
        Value sum = o.reduceSum(o.mul(weighted, focused), false, 0, 1);
        c.metric(ACCURACY, accuracy(o, logits, targets));
        return o.neg(o.div(sum, o.reduceSum(mass, false, 0, 1)));
    }

    /**
     * Logits shifted by a constant for each class.
     *
     * @param shift one per class, or null for none
     */
    static Value shifted(ObjectiveContext c, Value logits, float[] shift) {
        if (shift == null) {
            return logits;
        }
        long classes = logits.shape().size(logits.shape().rank() - 1);
        if (shift.length != classes) {
            throw new HoneException(
                    "the logits are adjusted for " + shift.length + " classes, the model has " + classes);
        }
        return c.ops().add(logits, c.ops().constant(Tensor.ofFloats(shift, classes)));
    }

    private static Value accuracy(Ops o, Value logits, Value targets) {
        Value right = o.op("Equal", argMax(o, logits), argMax(o, targets));
        return o.reduceMean(o.cast(right, ElementType.FLOAT), false, 0);
    }

    private static Value argMax(Ops o, Value x) {
        return o.op("ArgMax", Map.of("axis", 1, "keepdims", 0), x);
    }

    static float[] copy(float[] values) {
        return values == null ? null : values.clone();
    }

    static String describe(float[] shift) {
        return shift == null ? "" : ", logits adjusted by " + Arrays.toString(shift);
    }

    static String describe(double smoothing, float[] classWeights) {
        return "smoothing " + smoothing + ", class weights " + Arrays.toString(classWeights);
    }
}
