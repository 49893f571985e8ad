package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainResult;
import dev.hone.model.Cards;
import dev.hone.model.ModelFiles;
import dev.hone.train.loop.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Longer training, shorter training, and what is on the disk meanwhile. */
class TrainingTimeTest {
    @TempDir
    private Path folder;

    /** Remembers what was said. */
    private static class Lines implements Progress {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void info(String line) {
            lines.add(line);
        }

        @Override
        public void warning(String line) {
            lines.add(line);
        }
    }

    private static Map<String, String> metadata(Path model) {
        return OnnxReader.read(model).metadata();
    }

    @Test
    void moreEpochsContinueAFinishedRun() {
        Path file = folder.resolve("model.onnx");
        List<History.Epoch> first =
                TrainJob.run(Surfaces.training(file), Progress.NONE).history().epochs();
        Lines said = new Lines();
        TrainResult longer = TrainJob.run(Surfaces.training(file).withEpochs(5), said);
        assertThat(said.lines).contains("continuing the finished run of " + file + ".checkpoint after epoch 2");
        assertThat(longer.history().epochs()).hasSize(5);
        assertThat(longer.history().epochs().subList(0, 2)).isEqualTo(first);
        Cards.Card card = Cards.read(file, metadata(file));
        assertThat(card.history().get("training loss")).hasSize(5);
        assertThat(card.provenance().get("training")).startsWith("5 epochs");
        // From here, a run of other options begins anew and is not held up by what is finished.
        Lines again = new Lines();
        assertThat(TrainJob.run(Surfaces.training(file).withEpochs(1), again)
                        .history()
                        .epochs())
                .hasSize(1);
        assertThat(again.lines).noneMatch(line -> line.contains("checkpoint"));
    }

    /** As after a kill: the file is looked at in the middle of the run. */
    @Test
    void theBestModelSoFarIsInItsPlaceWhileTrainingGoesOn() {
        Path file = folder.resolve("model.onnx");
        List<String> found = new ArrayList<>();
        Lines watching = new Lines() {
            private boolean validated;

            @Override
            public void info(String line) {
                validated |= line.contains("best");
            }

            @Override
            public void detail(String text) {
                if (validated && Files.exists(file)) {
                    Cards.Card card = Cards.read(file, metadata(file));
                    found.add(card.provenance().get("training"));
                    assertThat(ModelFiles.size(file)).isPositive();
                    assertThat(card.labels()).hasSize(6);
                }
            }
        };
        TrainJob.run(Surfaces.training(file).withEpochs(3), watching);
        assertThat(found).isNotEmpty().first().asString().startsWith("training not finished; 1 epoch, last loss");
        assertThat(Cards.read(file, metadata(file)).provenance().get("training"))
                .startsWith("3 epochs");
    }

    @Test
    void aTimeLimitCutsTheEpoch() {
        Path file = folder.resolve("model.onnx");
        Lines slow = new Lines() {
            @Override
            public void detail(String text) {
                try {
                    Thread.sleep(900);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        // Steps of 32 of 48 images: an epoch is one of them; with 4 images a step, twelve.
        TrainResult result = TrainJob.run(
                Surfaces.training(file)
                        .withLearning(dev.hone.core.option.Options.of(dev.hone.jobs.train.LearningOptions.class)
                                .build(Map.of("minutes", 0.08, "batch", 4))),
                slow);
        assertThat(result.finished()).isTrue();
        assertThat(result.history().epochs()).hasSize(1);
        assertThat(Files.exists(file)).isTrue();
    }
}
