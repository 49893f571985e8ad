package dev.hone.compress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.ElementType;
import dev.hone.graph.Dim;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Shape;
import dev.hone.graph.Value;
import dev.hone.graph.build.Ops;
import dev.hone.runtime.NativeTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FittedFeedsTest {
    /** Batches of three, three and one samples of two numbers, counted up. */
    private static final CalibrationFeeds SAMPLES = new CalibrationFeeds() {
        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            int next = 0;
            for (int count : new int[] {3, 3, 1}) {
                float[] values = new float[2 * count];
                for (int i = 0; i < values.length; i++) {
                    values[i] = next++;
                }
                try (NativeTensor x = NativeTensor.ofFloats(values, count, 2)) {
                    consumer.accept(Map.of("x", x));
                }
            }
        }
    };

    private static List<String> fitted(Dim batch) {
        return fitted(batch, false);
    }

    private static List<String> fitted(Dim batch, boolean mixes) {
        Graph graph = new Graph("g");
        Value input = graph.addInput("x", ElementType.FLOAT, Shape.of(batch, Dim.of(2)));
        if (mixes) {
            Ops o = new Ops(graph);
            graph.addOutput(o.div(input, o.op("ReduceMax", input)));
        }
        List<String> found = new ArrayList<>();
        SAMPLES.fitting(new Model(graph))
                .forEachBatch(
                        b -> found.add(java.util.Arrays.toString(b.get("x").floats())));
        return found;
    }

    @Test
    void batchesHaveTheSizeOfTheModel() {
        assertThat(fitted(Dim.of(1)))
                .hasSize(7)
                .startsWith("[0.0, 1.0]", "[2.0, 3.0]")
                .endsWith("[12.0, 13.0]");
        assertThat(fitted(Dim.of(2)))
                .containsExactly(
                        "[0.0, 1.0, 2.0, 3.0]",
                        "[4.0, 5.0, 4.0, 5.0]",
                        "[6.0, 7.0, 8.0, 9.0]",
                        "[10.0, 11.0, 10.0, 11.0]",
                        "[12.0, 13.0, 12.0, 13.0]");
        assertThat(fitted(Dim.of(3))).hasSize(3).startsWith("[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]");
    }

    @Test
    void anOpenBatchTakesAny() {
        assertThat(fitted(Dim.symbol("N"))).hasSize(3).endsWith("[12.0, 13.0]");
    }

    @Test
    void samplesThatChangeEachOtherGoAlone() {
        assertThat(fitted(Dim.symbol("N"), true)).hasSize(7).endsWith("[12.0, 13.0]");
        assertThat(fitted(Dim.of(2), true)).hasSize(7).startsWith("[0.0, 1.0, 0.0, 1.0]", "[2.0, 3.0, 2.0, 3.0]");
    }
}
