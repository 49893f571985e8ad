package dev.hone.train.step;

import dev.hone.core.HoneException;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import java.util.Map;

/**
 * Cross-entropy against target distributions t [N,K], with label smoothing e, class weights w and focusing g (Lin et al.
 * 2017): {@code sum w_k s_nk (1 - p_nk)^g (-log p_nk) / sum w_k t_nk} where {@code s = (1 - e) t + e / K}. With one-hot
 * targets and g = 0 it is PyTorch's {@code cross_entropy}.
 *
 * @param smoothing 0 to 1
 * @param classWeights one per class, or null for equal ones
 * @param gamma of the focal loss, 0 for plain cross-entropy
 */
public record Loss(double smoothing, float[] classWeights, double gamma) {
    public Loss {
        if (!(smoothing >= 0 && smoothing < 1)) {
            throw new HoneException("label smoothing is " + smoothing + ", expected at least 0 and less than 1");
        }
        if (!(gamma >= 0)) {
            throw new HoneException("gamma of the focal loss is " + gamma + ", expected 0 or more");
        }
        if (classWeights != null) {
            classWeights = classWeights.clone();
        }
    }

    public static Loss crossEntropy() {
        return new Loss(0, null, 0);
    }

    public Loss withSmoothing(double value) {
        return new Loss(value, classWeights, gamma);
    }

    public Loss withClassWeights(float... values) {
        return new Loss(smoothing, values, gamma);
    }

    public Loss withFocus(double value) {
        return new Loss(smoothing, classWeights, value);
    }

    @Override
    public float[] classWeights() {
        return classWeights == null ? null : classWeights.clone();
    }

    /**
     * Appends the nodes.
     *
     * @param logits [N,K]
     * @param targets [N,K], rows summing to 1
     * @return a scalar
     */
    Value apply(Ops o, Value logits, Value targets) {
        long classes = logits.shape().size(1);
        if (classWeights != null && classWeights.length != classes) {
            throw new HoneException("there are " + classWeights.length + " class weights for " + classes
                    + " classes, expected one each");
        }
        Value logP = o.op("LogSoftmax", Map.of("axis", -1), logits);
        Value smoothed = smoothing == 0 ? targets : o.add(o.mul(targets, 1 - smoothing), smoothing / classes);
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
            weighted = o.mul(weighted, o.op("Pow", safe, o.constant((float) gamma)));
        }
        Value sum = o.reduceSum(o.mul(weighted, logP), false, 0, 1);
        return o.neg(o.div(sum, o.reduceSum(mass, false, 0, 1)));
    }
}
