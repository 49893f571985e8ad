package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.runtime.SessionOptions;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** See {@link Validation#regression}. */
record RegressionValidation(BatchSource source) implements Validation {
    @Override
    public Map<String, Double> measure(Model model, SessionOptions options) {
        double[] sum = new double[1];
        long[] count = new long[1];
        String output = model.graph().outputs().get(0).name();
        Evaluator.forEach(model, options, source, output, (batch, found) -> {
            FloatBuffer targets = batch.array(Batch.TARGETS)
                    .bytes()
                    .duplicate()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            if (targets.remaining() != found.length) {
                throw new HoneException("the model's output '" + output + "' has " + found.length
                        + " numbers for a batch, the targets " + targets.remaining());
            }
            for (float value : found) {
                sum[0] += Math.pow((double) value - targets.get(), 2);
            }
            count[0] += found.length;
        });
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(LOSS, sum[0] / count[0]);
        metrics.put(RMSE, Math.sqrt(sum[0] / count[0]));
        return metrics;
    }

    @Override
    public double seconds(Model model, SessionOptions options, double atMost) {
        return Evaluator.seconds(
                model, options, source, model.graph().outputs().get(0).name(), atMost);
    }

    @Override
    public String metric() {
        return SelectBy.RMSE.metric();
    }

    @Override
    public boolean isBetter(Map<String, Double> first, Map<String, Double> second) {
        return SelectBy.RMSE.isBetter(first, second);
    }

    @Override
    public String describe() {
        return RMSE;
    }
}
