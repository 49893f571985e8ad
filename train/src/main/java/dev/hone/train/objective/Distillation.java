package dev.hone.train.objective;

import dev.hone.core.HoneException;
import dev.hone.core.file.Sha256;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.ScoreLink;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import java.util.Map;

/**
 * Distillation (Hinton et al. 2015): {@code alpha T^2 KL(softmax(t/T) || softmax(x/T)) + (1 - alpha) hard}, where x are
 * the logits [N,K] of the model that is trained, t those of a teacher on the same inputs, KL the mean over the batch, and
 * hard a loss by the labels. The factor T^2 keeps the gradient's size whatever the temperature.
 */
public final class Distillation implements Objective {
    private final Model teacher;
    private final double temperature;
    private final double alpha;
    private final Objective hard;
    private final String describe;

    /**
     * @param teacher whose first output is logits [N,K], or their softmax; it runs inside the graph of the step and is not trained
     * @param temperature T, more than 0
     * @param alpha the teacher's share, from 0 (labels only) to 1 (teacher only: the batches need no targets)
     * @param hard what is learned from labels
     */
    public Distillation(Model teacher, double temperature, double alpha, Objective hard) {
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new HoneException("temperature of distillation is " + temperature + ", expected more than 0");
        }
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new HoneException("the teacher's share is " + alpha + ", expected 0 to 1");
        }
        this.teacher = teacher;
        this.temperature = temperature;
        this.alpha = alpha;
        this.hard = hard;
        this.describe = "distillation, temperature " + temperature + ", teacher's share " + alpha
                + (alpha == 0 ? "" : ", teacher " + Sha256.of(OnnxWriter.toBytes(teacher)))
                + (alpha == 1 ? "" : ", with " + hard.describe());
    }

    @Override
    public Value loss(ObjectiveContext context) {
        if (alpha == 0) {
            return hard.loss(context);
        }
        Value soft = context.ops().mul(divergence(context), alpha * temperature * temperature);
        return alpha == 1 ? soft : context.ops().add(soft, context.ops().mul(hard.loss(context), 1 - alpha));
    }

    private Value divergence(ObjectiveContext context) {
        Ops o = context.ops();
        Value student = ClassLoss.logits(context.model());
        Value given = ClassLoss.logits(context.attach(teacher));
        ScoreLink link = ScoreLink.behind(given);
        Value other = link != null && link.overClasses() ? link.logits() : given;
        Shape shape = student.shape();
        if (!shape.equals(other.shape())) {
            throw new HoneException("the teacher distinguishes " + other.shape().dim(1) + " classes, the model "
                    + shape.dim(1) + ", expected the same classes");
        }
        Value logQ = logSoftmax(o, student);
        Value logP = logSoftmax(o, other);
        Value terms = o.mul(o.op("Exp", logP), o.sub(logP, logQ));
        return o.mul(o.reduceSum(terms, false, 0, 1), 1.0 / context.batch());
    }

    private Value logSoftmax(Ops o, Value logits) {
        Value scaled = temperature == 1 ? logits : o.mul(logits, 1 / temperature);
        return o.op("LogSoftmax", Map.of("axis", -1), scaled);
    }

    @Override
    public String describe() {
        return describe;
    }
}
