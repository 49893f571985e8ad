package dev.hone.compress.quantize;

import dev.hone.core.ElementType;
import dev.hone.model.ClassScores;
import dev.hone.model.ModelCard;
import dev.hone.runtime.Session;
import dev.hone.runtime.TensorInfo;
import java.util.Map;

/**
 * The output by which forms of a model are compared: the first, which is the logits of a classifier that Hone trained; of
 * other classifiers that which their scores are read from. Probabilities are compared by their logarithms, as they saturate.
 *
 * @param scores what it means; null where that is not known
 */
record ComparedOutput(TensorInfo output, ClassScores scores) {
    /** Smaller probabilities count as this: rounding them is no loss. */
    private static final float LEAST = 1e-3f;

    static ComparedOutput of(Session session) {
        Map<String, String> metadata = session.metadata();
        ClassScores scores = ModelCard.isIn(metadata) ? null : ClassScores.declared(session);
        for (TensorInfo output : session.outputs()) {
            if (scores != null && output.name().equals(scores.output())) {
                return new ComparedOutput(output, scores);
            }
        }
        return new ComparedOutput(session.outputs().get(0), null);
    }

    boolean isFloat() {
        return output.elementType() == ElementType.FLOAT.onnx();
    }

    /** Changes the values in place. */
    float[] values(float[] values) {
        if (scores != null && scores.areProbabilities()) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.log(Math.max(values[i], LEAST));
            }
        }
        return values;
    }
}
