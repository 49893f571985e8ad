package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Shape;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.jobs.predict.PredictResult;
import dev.hone.model.metric.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose rows change each other: each row has the answer that the runtime gives for it alone. */
class MixedRowsTest {
    @TempDir
    private Path folder;

    /** Which of two scores an If takes depends on the sum over the whole batch, in no simple way. */
    private static Value chosen(Ops o, Value score) {
        Value sum = o.op("ReduceSum", Map.of("keepdims", 0), score);
        Value condition = o.op("Greater", o.op("Sin", o.mul(sum, 5000)), o.constant(0f));
        Node node = o.graph().addNode("", "If", List.of(condition));
        for (String name : List.of("then_branch", "else_branch")) {
            Graph body = new Graph(name);
            node.set(name, body);
            body.addOutput(new Ops(body).op(name.startsWith("then") ? "Identity" : "Neg", score));
        }
        return node.addOutput("chosen");
    }

    private static Path write(Path file, Shape input, long... axes) {
        Graph graph = new Graph("mixes");
        Value x = graph.addInput("x", ElementType.FLOAT, input);
        Ops o = new Ops(graph);
        Value mean = o.reshape(o.reduceMean(x, false, axes), -1, 1);
        Value logits = chosen(o, o.mul(mean, o.constant(Tensor.ofFloats(new float[] {1, -1, 2, 0.5f, 0, 3}, 1, 6))));
        graph.addOutput(logits);
        OnnxWriter.write(new Model(graph), file);
        return file;
    }

    private Path imageModel() {
        Shape input = Shape.of(Dim.symbol("N"), Dim.ONE, Dim.of(32), Dim.of(32));
        return write(folder.resolve("images.onnx"), input, 1, 2, 3);
    }

    private static PredictResult predict(Path model, Path... inputs) {
        return PredictJob.run(PredictOptions.of(model, List.of(inputs)), Progress.NONE);
    }

    /** The last class's probability. */
    private static float last(PredictResult.Line line) {
        return line.prediction().probabilities().values().stream()
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void eachImageHasItsOwnAnswer() {
        Path model = imageModel();
        List<PredictResult.Line> together =
                predict(model, Surfaces.data().resolve("test")).lines();
        assertThat(together).hasSize(24);
        for (PredictResult.Line line : together) {
            assertThat(last(line))
                    .isEqualTo(last(predict(model, line.file()).lines().get(0)));
        }
        List<Float> predicted = together.stream().map(MixedRowsTest::last).toList();
        assertThat(predicted).anyMatch(p -> p < 0.17f).anyMatch(p -> p > 0.17f);
        Evaluation evaluated = EvaluateJob.run(EvaluateOptions.of(model, Surfaces.data()), Progress.NONE)
                .model()
                .evaluation();
        assertThat(Arrays.stream(evaluated.probabilities()).map(row -> row[row.length - 1]))
                .containsExactlyInAnyOrderElementsOf(predicted);
    }

    @Test
    void eachRowOfATableHasItsOwnAnswer() throws IOException {
        Path model = write(folder.resolve("rows.onnx"), Shape.of(Dim.symbol("N"), Dim.of(2)), 1);
        Path all = folder.resolve("all.csv");
        Files.writeString(all, "a,b\n" + "1,2\n3,0.5\n-2,7\n0.25,0.75\n9,-1\n4,4.5\n");
        List<PredictResult.Line> together = predict(model, all).lines();
        List<String> lines = Files.readAllLines(all);
        assertThat(together).hasSize(6);
        for (int i = 0; i < together.size(); i++) {
            Path one = folder.resolve("one.csv");
            Files.writeString(one, "a,b\n" + lines.get(i + 1) + "\n");
            assertThat(last(together.get(i)))
                    .isEqualTo(last(predict(model, one).lines().get(0)));
        }
    }

    @Test
    void benchRunsOneAtATime() {
        BenchOptions options =
                Options.of(BenchOptions.class).build(Map.of("model", imageModel(), "batch", "8", "seconds", "0.01"));
        assertThat(BenchJob.run(options, Progress.NONE).batch()).isEqualTo(1);
    }
}
