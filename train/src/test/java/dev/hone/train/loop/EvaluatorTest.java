package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.ElementType;
import dev.hone.data.Batch;
import dev.hone.data.BatchSource;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    /** One batch of two rows, (1, 2) of class 1 and (40, 10) of class 0. */
    private static final BatchSource SOURCE = new BatchSource() {
        @Override
        public long samples() {
            return 2;
        }

        @Override
        public int batches() {
            return 1;
        }

        @Override
        public Stream epoch(int epoch, int first) {
            ByteBuffer values = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
            values.putFloat(1).putFloat(2).putFloat(40).putFloat(10).flip();
            ByteBuffer labels = ByteBuffer.allocateDirect(16).order(ByteOrder.LITTLE_ENDIAN);
            labels.putLong(1).putLong(0).flip();
            Map<String, Batch.Array> arrays = Map.of(
                    "x",
                    new Batch.Array(ElementType.FLOAT, values, 2, 2),
                    Batch.TARGETS,
                    new Batch.Array(ElementType.FLOAT, values, 2, 2),
                    Batch.LABELS,
                    new Batch.Array(ElementType.INT64, labels, 2));
            return new MadeBatches(first, 1, index -> new Batch(new int[] {0, 1}, arrays, () -> {}));
        }
    };

    /** Each row is divided by the largest value of the batch: alone it has (0.5, 1) and (1, 0.25). */
    private static Model model() {
        Graph graph = new Graph("g");
        Value x = graph.addInput("x", ElementType.FLOAT, Shape.of(Dim.symbol("N"), Dim.of(2)));
        Ops o = new Ops(graph);
        graph.addOutput(o.div(x, o.op("ReduceMax", Map.of("keepdims", 0), x)));
        return new Model(graph);
    }

    @Test
    void eachRowIsEvaluatedAlone() {
        float[][] found = Evaluator.evaluate(model(), SOURCE, List.of("a", "b"), SessionOptions.defaults())
                .probabilities();
        assertThat((double) found[0][1]).isCloseTo(1 / (1 + Math.exp(-0.5)), within(1e-6));
        assertThat((double) found[1][0]).isCloseTo(1 / (1 + Math.exp(-0.75)), within(1e-6));
    }

    @Test
    void soAreNumbers() {
        double loss = Validation.regression(SOURCE)
                .measure(model(), SessionOptions.defaults())
                .get(Validation.LOSS);
        assertThat(loss).isCloseTo((0.5 * 0.5 + 1 + 39 * 39 + 9.75 * 9.75) / 4, within(1e-3));
    }
}
