package dev.hone.train.head;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.data.EpochOrder;
import dev.hone.data.SeededRandom;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.loop.Schedule;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.Stepper;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** Small perceptrons by weight decay, trained with dropout on the components by the same step graph as networks. */
final class PerceptronFamily implements HeadFamily {
    private static final double[] DECAYS = {0.05, 0.5};
    private static final int HIDDEN = 64;
    private static final int BATCH = 64;
    private static final int EPOCHS = 60;
    private static final double RATE = 3e-3;
    private static final double DROPOUT = 0.5;
    private static final double SMOOTHING = 0.05;
    private static final double BALANCE = 0.5;
    private static final double NEVER = -50;
    private static final String INPUT = "components";

    @Override
    public List<String> settings() {
        return Arrays.stream(DECAYS)
                .mapToObj(decay -> String.format(Locale.ROOT, "%d hidden units, weight decay %.3g", HIDDEN, decay))
                .toList();
    }

    @Override
    public List<Head> fit(HeadSamples training, int[] settings, long seed) {
        return Arrays.stream(settings)
                .mapToObj(setting -> (Head) fit(training, DECAYS[setting], seed))
                .toList();
    }

    private static PerceptronHead fit(HeadSamples samples, double decay, long seed) {
        int batch = Math.min(BATCH, samples.size());
        double scale = scale(samples);
        Model model = model(samples.width(), samples.classes(), seed);
        StepOptions options =
                StepOptions.of(batch, new CrossEntropy().withSmoothing(SMOOTHING), new Optimizer.AdamW(decay));
        int steps = Math.max(1, samples.size() / batch);
        Schedule schedule = new Schedule.WarmupCosine(RATE, 0.1, 0);
        try (Stepper stepper =
                        new Stepper(model, options, SessionOptions.defaults().withThreads(1), seed);
                NativeTensor x = NativeTensor.allocate(ElementType.FLOAT.onnx(), batch, samples.width());
                NativeTensor targets = NativeTensor.allocate(ElementType.FLOAT.onnx(), batch, samples.classes())) {
            Map<String, NativeTensor> feeds = Map.of(INPUT, x, Batch.TARGETS, targets);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                int[] order = EpochOrder.of(
                        IntStream.range(0, samples.size()).toArray(),
                        i -> samples.labels()[i],
                        BALANCE,
                        true,
                        new SeededRandom(seed, epoch));
                for (int step = 0; step < steps; step++) {
                    fill(samples, scale, order, step * batch, batch, x, targets);
                    long at = stepper.state().step();
                    double average = Math.min(0.99, (1.0 + at) / (10 + at));
                    stepper.run(
                            feeds, new Stepper.Settings(schedule.rate(at, (long) EPOCHS * steps), Double.NaN, average));
                }
            }
            return without(absent(samples), head(stepper.state().snapshot(true), scale));
        }
    }

    private static int[] absent(HeadSamples samples) {
        int[] counts = samples.counts();
        return IntStream.range(0, counts.length).filter(k -> counts[k] == 0).toArray();
    }

    /** Label smoothing and the initial weights say something of classes that no sample has; they are never predicted. */
    private static PerceptronHead without(int[] classes, PerceptronHead head) {
        for (int k : classes) {
            Arrays.fill(head.out().weights()[k], 0);
            head.out().bias()[k] = NEVER;
        }
        return head;
    }

    /** A factor that brings the components to a mean square of 1, so that the layer starts with inputs of usual size. */
    private static double scale(HeadSamples samples) {
        double sum = 0;
        for (float v : samples.values()) {
            sum += (double) v * v;
        }
        return Math.sqrt(samples.values().length / Math.max(sum, 1e-12));
    }

    private static void fill(
            HeadSamples samples, double scale, int[] order, int from, int batch, NativeTensor x, NativeTensor targets) {
        FloatBuffer values = x.buffer().asFloatBuffer();
        FloatBuffer wanted = targets.buffer().asFloatBuffer();
        for (int i = 0; i < batch; i++) {
            int sample = order[from + i];
            for (int c = 0; c < samples.width(); c++) {
                values.put((float) (samples.values()[sample * samples.width() + c] * scale));
            }
            for (int k = 0; k < samples.classes(); k++) {
                wanted.put(k == samples.labels()[sample] ? 1 : 0);
            }
        }
    }

    private static Model model(int width, int classes, long seed) {
        Graph graph = new Graph("mlp");
        Ops o = new Ops(graph);
        Value x = graph.addInput(INPUT, ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(width)));
        SeededRandom random = new SeededRandom(seed);
        Value units = o.op("Relu", layer(o, x, random, width, HIDDEN, "hidden"));
        Value dropped = o.op("Dropout", units, o.constant((float) DROPOUT));
        graph.addOutput(layer(o, dropped, random, HIDDEN, classes, "out"));
        return new Model(graph);
    }

    private static Value layer(Ops o, Value x, SeededRandom random, int in, int out, String name) {
        double[][] weights = new double[out][in];
        for (double[] row : weights) {
            for (int i = 0; i < in; i++) {
                row[i] = random.gaussian() * Math.sqrt(2.0 / in);
            }
        }
        return LinearHead.layer(o, x, weights, new double[out], name);
    }

    private static PerceptronHead head(Model trained, double scale) {
        Graph graph = trained.graph();
        double[][] hidden = matrix(graph.find("hidden.weight"));
        for (double[] row : hidden) {
            for (int i = 0; i < row.length; i++) {
                row[i] *= scale;
            }
        }
        return new PerceptronHead(
                hidden,
                graph.find("hidden.bias").constant().to(ElementType.DOUBLE).doubles(),
                new LinearHead(
                        matrix(graph.find("out.weight")),
                        graph.find("out.bias").constant().to(ElementType.DOUBLE).doubles()));
    }

    private static double[][] matrix(Value value) {
        float[] all = value.constant().floats();
        int width = (int) value.constant().dim(1);
        double[][] rows = new double[all.length / width][width];
        for (int i = 0; i < all.length; i++) {
            rows[i / width][i % width] = all[i];
        }
        return rows;
    }
}
