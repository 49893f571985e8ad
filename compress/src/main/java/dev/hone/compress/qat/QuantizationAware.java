package dev.hone.compress.qat;

import dev.hone.compress.Accuracy;
import dev.hone.compress.AccuracyGoal;
import dev.hone.compress.Compression;
import dev.hone.compress.CompressionContext;
import dev.hone.compress.CompressionException;
import dev.hone.compress.CompressionReport;
import dev.hone.compress.TrainingData;
import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.StaticInt8;
import dev.hone.compress.quantize.StaticInt8Report;
import dev.hone.core.option.Setting;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.train.loop.Schedule;
import dev.hone.train.loop.TrainingNews;
import dev.hone.train.loop.TrainingPlan;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Static quantization, then training with the quantization in the forward pass, see {@link QuantizationAwareTraining}. */
public final class QuantizationAware implements Compression {
    /** Options. */
    public record Options(
            StaticInt8.Options quantization,

            @Setting(
                    help = "Passes over the training data.",
                    label = "N",
                    defText = "5, or as many as fit into the time limit",
                    min = 1,
                    group = "Training schedule")
            Integer epochs,

            @Setting(
                    help = "Time limit in minutes. 0 for none.",
                    label = "M",
                    def = "0",
                    min = 0,
                    group = "Training schedule")
            double minutes,

            @Setting(help = "Samples per step.", label = "N", def = "32", min = 2, group = "Training schedule")
            int batch,

            @Setting(
                    help = "Highest learning rate.",
                    label = "R",
                    def = "0.0001",
                    min = Double.MIN_VALUE,
                    group = "Training schedule")
            double learningRate,

            @Setting(
                    help = "Weight of distillation from the FP32 model in the loss; the rest is the labels' loss.",
                    label = "SHARE",
                    def = "0.9",
                    min = 0,
                    max = 1,
                    group = "Training schedule")
            double distillation) {}

    private final Options options;

    public QuantizationAware(Options options) {
        this.options = options;
    }

    @Override
    public Calibration calibration() {
        return Calibration.REQUIRED;
    }

    @Override
    public boolean trains() {
        return true;
    }

    @Override
    public boolean measures() {
        return new StaticInt8(options.quantization).measures();
    }

    @Override
    public Compressed compress(Model model, CompressionContext context) {
        TrainingData data = context.training();
        if (data == null) {
            throw new CompressionException("quantization-aware training needs labelled data, and none were given");
        }
        StaticInt8Report start = new StaticInt8(options.quantization).quantize(model, context.withGoal(null));
        int batch = Math.min(options.batch, data.samples());
        QuantizationAwareTraining.Outcome trained = QuantizationAwareTraining.train(
                start.quantization(),
                StepOptions.of(batch, new CrossEntropy(), new Optimizer.Adam(0)),
                plan(context),
                options.distillation,
                data.training(batch),
                data.validation(),
                data.labels(),
                context.session(),
                new TrainingNews(context.progress(), "samples"));
        context.progress().checkCancelled();
        Model made = trained.quantization().model();
        AccuracyGoal goal = context.goal();
        Accuracy accuracy = goal == null
                ? null
                : Accuracy.of(goal.metric().points(model), goal.metric().points(made), goal.maxDrop());
        Audit audit = Audit.of(OnnxWriter.toBytes(made), context.session());
        StaticInt8Report quantization = new StaticInt8Report(trained.quantization(), start.plan(), accuracy, audit);
        return new Compressed(made, new Report(quantization, trained));
    }

    private TrainingPlan plan(CompressionContext context) {
        double minutes = options.minutes;
        if (context.timeLimit() != null) {
            double limit = context.timeLimit().toMillis() / 60e3;
            minutes = minutes == 0 ? limit : Math.min(minutes, limit);
        }
        int epochs = options.epochs != null ? options.epochs : minutes > 0 ? 1000 : 5;
        return TrainingPlan.of(epochs, options.learningRate)
                .withSchedule(new Schedule.WarmupCosine(options.learningRate, 0.06, 0))
                .withMinutes(minutes)
                .withAverageDecay(0.98)
                .withSeed(context.seed());
    }

    /** What quantization-aware training did. */
    public record Report(StaticInt8Report quantization, QuantizationAwareTraining.Outcome training)
            implements CompressionReport {
        @Override
        public String summary() {
            return quantization.summary();
        }

        @Override
        public Map<String, String> kept() {
            return quantization.kept();
        }

        @Override
        public Accuracy accuracy() {
            return quantization.accuracy();
        }

        public PlanReport plan() {
            return quantization.plan();
        }

        @Override
        public List<String> lines() {
            List<String> lines = new ArrayList<>(List.of(training.summary()));
            lines.addAll(quantization.lines());
            return lines;
        }

        @Override
        public Map<String, Object> details() {
            Map<String, Object> details = new LinkedHashMap<>(quantization.details());
            details.put("training", training.document());
            return details;
        }
    }
}
