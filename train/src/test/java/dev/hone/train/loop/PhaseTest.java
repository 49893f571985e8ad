package dev.hone.train.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.SessionOptions;
import dev.hone.train.network.NetworkSpec;
import dev.hone.train.network.Networks;
import dev.hone.train.network.Normalization;
import dev.hone.train.objective.CrossEntropy;
import dev.hone.train.step.Optimizer;
import dev.hone.train.step.StepOptions;
import dev.hone.train.step.WeightDepth;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhaseTest {
    private static final int BATCH = 16;
    private static final int STEPS = 3;
    private static final Stripes TRAINING = new Stripes(STEPS * BATCH, BATCH, 1, true);
    private static final StepOptions OPTIONS = StepOptions.of(BATCH, new CrossEntropy(), new Optimizer.AdamW(0.01));
    private static final Model START = Networks.build(NetworkSpec.of("resnet-small", 2)
            .withInput(1, Stripes.SIZE, Stripes.SIZE, Normalization.uniform(1, 128, 50))
            .withMultipliers(0.34, 1)
            .withSeed(4));
    private static final WeightDepth DEPTH = WeightDepth.of(START);

    private static Trainer.Outcome train(int epochs, List<Phase> phases, Path checkpoint, int steps) {
        int[] left = {steps};
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(int epoch, int step, float loss) {
                left[0]--;
            }

            @Override
            public boolean isCancelled() {
                return left[0] <= 0;
            }
        };
        TrainingPlan plan = TrainingPlan.of(epochs, 1e-2).withPhases(phases).withCheckpoint(checkpoint);
        try (Trainer trainer =
                new Trainer(START, OPTIONS, plan, TRAINING, null, "stripes", SessionOptions.defaults(), listener)) {
            return trainer.run();
        }
    }

    private static boolean same(Model a, Model b, String weight) {
        return Arrays.equals(
                a.graph().find(weight).constant().floats(),
                b.graph().find(weight).constant().floats());
    }

    @Test
    void theHeadIsTrainedFirstThenTheTopThenAll() {
        List<Phase> phases = Phase.fromTheTop(DEPTH, 0.3, 0.3, 2);
        assertThat(phases).extracting(Phase::name).containsExactly("head", "top 2", "all");
        String top = START.graph().constants().stream()
                .map(v -> v.name())
                .filter(name -> name.endsWith("weight") && DEPTH.of(name) == 1)
                .findFirst()
                .orElseThrow();
        Model head = train(1, phases.subList(0, 1), null, 100).model();
        assertThat(same(head, START, "fc.weight")).isFalse();
        assertThat(same(head, START, top)).isTrue();
        assertThat(same(head, START, stem())).isTrue();
        // Three epochs of one phase each, stopped after two: the stem is as it was, the top is not.
        Model two = train(3, phases, null, 2 * STEPS).model();
        assertThat(same(two, START, top)).isFalse();
        assertThat(same(two, START, stem())).isTrue();
        Model all = train(3, phases, null, 100).model();
        assertThat(same(all, START, stem())).isFalse();
    }

    private static String stem() {
        return START.graph().constants().stream()
                .map(v -> v.name())
                .filter(name -> DEPTH.of(name) == DEPTH.blocks() - 1)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void resumingInAnyPhaseGivesTheWeightsOfAnUninterruptedRun(@TempDir Path folder) {
        List<Phase> phases = Phase.fromTheTop(DEPTH, 0.3, 0.3, 2);
        Path file = folder.resolve("run.checkpoint");
        byte[] whole = OnnxWriter.toBytes(train(3, phases, null, 100).model());
        assertThat(train(3, phases, file, 2).finished()).isFalse();
        assertThat(train(3, phases, file, 3).finished()).isFalse();
        assertThat(train(3, phases, file, 2).finished()).isFalse();
        Trainer.Outcome resumed = train(3, phases, file, 100);
        assertThat(resumed.finished()).isTrue();
        assertThat(OnnxWriter.toBytes(resumed.model())).isEqualTo(whole);
        assertThat(OnnxWriter.toBytes(train(3, List.of(), null, 100).model())).isNotEqualTo(whole);
    }

    @Test
    void aCheckpointOfOtherPhasesIsRefused(@TempDir Path folder) {
        Path file = folder.resolve("run.checkpoint");
        train(3, Phase.fromTheTop(DEPTH, 0.3, 0, 1), file, 2);
        assertThatThrownBy(() -> train(3, Phase.fromTheTop(DEPTH, 0.5, 0, 1), file, 2))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("phase");
    }

    @Test
    void phasesAreInOrder() {
        Phase late = new Phase("late", 0.5, options -> options);
        assertThatThrownBy(() -> train(2, List.of(late), null, 1)).hasMessageContaining("the first phase begins at 0");
        assertThatThrownBy(() -> new Phase("never", 1, options -> options)).hasMessageContaining("less than 1");
    }
}
