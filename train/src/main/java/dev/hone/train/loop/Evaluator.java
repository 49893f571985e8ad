package dev.hone.train.loop;

import dev.hone.core.HoneException;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.BatchSize;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.model.BatchParts;
import dev.hone.model.ClassScores;
import dev.hone.model.Feeds;
import dev.hone.model.metric.Evaluation;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.TensorInfo;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs a model over the batches of a source. */
public final class Evaluator {
    private Evaluator() {}

    /**
     * The model as it would be deployed: its bytes, in a session of its own.
     *
     * @param model a classifier: it has an output {@code probabilities}, or its first output is logits [N,K]
     * @param source batches with the arrays that it takes, and labels
     */
    public static Evaluation evaluate(
            Model model, BatchSource source, List<String> labels, SessionOptions sessionOptions) {
        List<float[]> rows = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        ClassScores scores = ClassScores.byNames(model.graph());
        forEach(model, sessionOptions, source, scores.output(), (batch, values) -> {
            int classes = values.length / batch.size();
            if (classes != labels.size()) {
                throw new HoneException("the model distinguishes " + classes + " classes, the data has " + labels.size()
                        + ": " + labels);
            }
            LongBuffer batchLabels = batch.array(Batch.LABELS).bytes().asLongBuffer();
            for (int i = 0; i < batch.size(); i++) {
                float[] row = Arrays.copyOfRange(values, i * classes, (i + 1) * classes);
                scores.toProbabilities(row);
                rows.add(row);
                truth.add((int) batchLabels.get(i));
            }
        });
        return new Evaluation(
                labels,
                rows.toArray(float[][]::new),
                truth.stream().mapToInt(Integer::intValue).toArray());
    }

    /** What is done with a batch and the model's output for it. */
    interface Work {
        void on(Batch batch, float[] output);
    }

    /** Runs all batches for one output of a model. */
    static void forEach(Model model, SessionOptions options, BatchSource source, String output, Work work) {
        runWhile(model, options, source, output, Double.POSITIVE_INFINITY, work);
    }

    /** The seconds that all batches would take, by those that fit into a time; at least one is run. */
    static double seconds(Model model, SessionOptions options, BatchSource source, String output, double atMost) {
        long start = System.nanoTime();
        long[] first = new long[1];
        int[] done = new int[1];
        runWhile(model, options, source, output, atMost, (batch, values) -> {
            // What comes before it includes the opening of the model, once.
            first[0] = done[0]++ == 0 ? System.nanoTime() : first[0];
        });
        long end = System.nanoTime();
        int batches = source.batches();
        if (done[0] < 2 || done[0] >= batches) {
            return (end - start) / 1e9 * (done[0] == 0 ? 1 : Math.max(1.0, (double) batches / done[0]));
        }
        return (first[0] - start + (double) (end - first[0]) / (done[0] - 1) * (batches - 1)) / 1e9;
    }

    private static void runWhile(
            Model model, SessionOptions options, BatchSource source, String output, double atMost, Work work) {
        BatchSize size = BatchSize.of(model);
        long start = System.nanoTime();
        try (Session session = Session.open(OnnxWriter.toBytes(model), options);
                BatchSource.Stream batches = source.epoch(0, 0)) {
            List<String> inputs =
                    session.inputs().stream().map(TensorInfo::name).toList();
            int done = 0;
            while (batches.hasNext() && (done == 0 || (System.nanoTime() - start) / 1e9 < atMost)) {
                try (Batch batch = batches.next();
                        Feeds feeds = Feeds.of(batch, inputs)) {
                    work.on(batch, BatchParts.run(session, size, feeds.tensors(), output));
                }
                done++;
            }
        }
    }
}
