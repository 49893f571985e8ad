package dev.hone.compress.qat;

import dev.hone.compress.CompressionException;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.core.CancelledException;
import dev.hone.core.HoneException;
import dev.hone.core.text.Figures;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.Feeds;
import dev.hone.model.metric.Evaluation;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.loop.Evaluator;
import dev.hone.train.loop.History;
import dev.hone.train.loop.Trainer;
import dev.hone.train.loop.TrainingListener;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.loop.Validation;
import dev.hone.train.objective.Distillation;
import dev.hone.train.objective.Objective;
import dev.hone.train.step.StepOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Training with the rounding of the integers in place: weights and steps learn by straight-through gradients (see {@link
 * FakeQuantization}), from the calibrated model on, in the ordinary training loop. What comes out is a model in QDQ form as
 * {@link dev.hone.compress.quantize.Quantizer} writes it.
 */
public final class QuantizationAwareTraining {
    /** How far the integers' logits may be from those that were trained: power of the difference to power of both. */
    private static final double PARITY = 0.01;

    private QuantizationAwareTraining() {}

    /**
     * The result of training.
     *
     * @param quantization the trained model, or the calibrated one if no epoch was better
     * @param before macro F1 of the calibrated model on the validation images, NaN without any
     * @param after macro F1 of the model handed back, NaN without validation images
     * @param trained whether the model handed back is a trained one
     */
    public record Outcome(
            QuantizationResult quantization, History history, double before, double after, boolean trained) {
        /** One line. */
        public String summary() {
            String f1 = Double.isNaN(before)
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            "; validation macro F1 %.2f %% before, %.2f %% after",
                            100 * before,
                            100 * after);
            return (trained
                            ? "trained for " + history.epochs().size()
                                    + (history.epochs().size() == 1 ? " epoch" : " epochs")
                            : "training improved nothing; the" + " calibrated model is kept")
                    + f1;
        }

        /** For programs. */
        public Map<String, Object> document() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("epochs", history.epochs().size());
            document.put("macroF1Before", Figures.round(before, 6));
            document.put("macroF1After", Figures.round(after, 6));
            document.put("trained", trained);
            return document;
        }
    }

    /**
     * @param start a model in INT8, made by Hone from one whose first output is logits and whose input is raw images
     * @param options of the step, its objective what is learned from labels; no batch norm is left, so that they need a
     *     low rate
     * @param teacher share of the distillation from the FP32 model, at temperature 1, in the loss; 0 to 1
     * @param validation null for none: the last epoch is taken then
     * @throws CompressionException if the model stayed in FP32, or the integers do not compute what was trained
     * @throws HoneException if the model cannot be trained, or training diverges
     * @throws CancelledException if the listener cancels it
     */
    public static Outcome train(
            QuantizationResult start,
            StepOptions options,
            TrainingPlan plan,
            double teacher,
            BatchSource training,
            BatchSource validation,
            List<String> labels,
            SessionOptions session,
            TrainingListener listener) {
        if (start.origin() == null) {
            throw new CompressionException(
                    "nothing of the model is in INT8: it is not faster than FP32 on this CPU; train with "
                            + "everything in INT8 instead (plan all)");
        }
        if (!(teacher >= 0 && teacher <= 1)) {
            throw new CompressionException("the teacher's share is " + teacher + ", expected 0 to 1");
        }
        FakeQuantization fake = FakeQuantization.of(start);
        Evaluation before = validation == null ? null : Evaluator.evaluate(start.model(), validation, labels, session);
        Objective objective = new Distillation(start.origin().model(), 1, teacher, options.objective());
        try (Trainer trainer = new Trainer(
                fake.model(),
                options.withAlso(fake.learned()).withObjective(objective),
                plan,
                training,
                validation == null ? null : Validation.classification(validation, labels),
                "quantization-aware",
                session,
                listener)) {
            Trainer.Outcome outcome = trainer.run();
            if (!outcome.finished()) {
                throw new CancelledException();
            }
            byte[] trained = OnnxWriter.toBytes(outcome.model());
            Model closed = FakeQuantization.close(fake, outcome.model());
            requireParity(trained, OnnxWriter.toBytes(closed), training, session);
            return decide(start, before, closed, outcome.history(), validation, labels, session);
        }
    }

    /** The better one on validation images: by macro F1, then by loss. */
    private static Outcome decide(
            QuantizationResult start,
            Evaluation before,
            Model closed,
            History history,
            BatchSource validation,
            List<String> labels,
            SessionOptions session) {
        QuantizationResult result =
                new QuantizationResult(closed, start.images(), start.int8Nodes(), start.left(), start.origin());
        if (before == null) {
            return new Outcome(result, history, Double.NaN, Double.NaN, true);
        }
        Evaluation after = Evaluator.evaluate(closed, validation, labels, session);
        double first = before.confusion().macroF1();
        double last = after.confusion().macroF1();
        boolean better = last > first || last == first && after.logLoss() <= before.logLoss();
        return new Outcome(better ? result : start, history, first, better ? last : first, better);
    }

    private static void requireParity(byte[] trained, byte[] closed, BatchSource training, SessionOptions session) {
        try (BatchSource.Stream batches = training.epoch(0, 0);
                Batch batch = batches.next()) {
            float[] expected = logits(trained, batch, session);
            float[] found = logits(closed, batch, session);
            double signal = 0;
            double noise = 0;
            for (int i = 0; i < expected.length; i++) {
                signal += (double) expected[i] * expected[i];
                noise += Math.pow((double) expected[i] - found[i], 2);
            }
            if (!(noise <= PARITY * signal)) {
                throw new CompressionException(String.format(
                        Locale.ROOT,
                        "the INT8 logits differ from the trained ones by %.3f of their norm, expected at most %.3f; "
                                + "nothing is written",
                        Math.sqrt(noise / signal),
                        Math.sqrt(PARITY)));
            }
        }
    }

    private static float[] logits(byte[] model, Batch batch, SessionOptions options) {
        try (Session session = Session.open(model, options)) {
            String output = session.outputs().get(0).name();
            try (Feeds feeds = Feeds.of(batch, List.of(session.inputs().get(0).name()));
                    NativeTensor found = session.run(feeds.tensors(), List.of(output), Map.of())
                            .get(output)) {
                return found.floats();
            }
        }
    }
}
