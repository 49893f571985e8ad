package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.Options;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.runs.Outcome;
import dev.hone.jobs.runs.Run;
import dev.hone.jobs.runs.RunHistory;
import dev.hone.jobs.runs.RunSummary;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.model.ModelCard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs leave in the run history. */
class RunHistoryTest {
    @TempDir
    private Path folder;

    private List<Run> runs() {
        return RunHistory.read(folder.resolve("runs"), notice -> {
                    throw new AssertionError(notice);
                })
                .runs();
    }

    private TrainOptions training(Object... more) {
        TrainOptions usual = Surfaces.training(folder.resolve("model.onnx"));
        Map<String, Object> values =
                new HashMap<>(Options.of(TrainOptions.class).values(usual));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i].toString(), more[i + 1]);
        }
        return Options.of(TrainOptions.class).build(values);
    }

    @Test
    void trainingLeavesAllOfItAndIsSeenWhileItRuns() {
        Path model = folder.resolve("model.onnx");
        List<Run> seen = new ArrayList<>();
        TrainJob.run(training(), new Progress() {
            @Override
            public void info(String line) {
                if (line.startsWith("epoch")) {
                    seen.addAll(runs());
                }
            }
        });
        assertThat(seen).hasSize(2).allSatisfy(r -> assertThat(r.outcome()).isEqualTo(Outcome.RUNNING));
        assertThat(seen.get(0).curve()).hasSize(1);
        Run run = runs().get(0);
        assertThat(run.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(run.job()).isEqualTo("train");
        assertThat(run.sha256()).isEqualTo(Sha256.of(model));
        assertThat(run.options()).containsEntry("epochs", "2").containsEntry("optimizer", "adamw");
        assertThat(run.notes())
                .containsEntry(
                        "data revision",
                        ModelCard.read(OnnxReader.read(model).metadata())
                                .provenance()
                                .data());
        assertThat(run.versions()).containsKeys("Hone", "ONNX Runtime", "Java");
        assertThat(run.curves().keySet())
                .contains("training loss", "validation loss", "validation macro F1", "learning rate");
        assertThat(run.metrics()).containsKeys("validation.macroF1", "seconds");
        assertThat(run.macroF1()).isEqualTo(run.metrics().get("validation.macroF1"));
        // What is made of it joins.
        Path int8 = folder.resolve("int8.onnx");
        QuantizeJob.run(QuantizeOptions.of(model, Surfaces.data(), int8), Progress.NONE);
        EvaluateJob.run(EvaluateOptions.of(model, Surfaces.data()), Progress.NONE);
        List<RunSummary> rows = RunSummary.of(RunHistory.read(folder.resolve("runs"), notice -> {}));
        assertThat(rows).extracting(RunSummary::job).containsExactlyInAnyOrder("train", "quantize", "evaluate");
        RunSummary evaluated = rows.stream()
                .filter(r -> r.job().equals("evaluate"))
                .findFirst()
                .orElseThrow();
        RunSummary trained =
                rows.stream().filter(r -> r.job().equals("train")).findFirst().orElseThrow();
        assertThat(evaluated.escapeRate()).isBetween(0.0, 1.0);
        assertThat(trained.escapeRate()).isEqualTo(evaluated.escapeRate());
    }

    @Test
    void interruptionsAndFailuresAreOutcomes() {
        TrainJob.run(training(), new Progress() {
            private boolean began;

            @Override
            public void started(String task, long steps) {
                began |= task.equals("training");
            }

            @Override
            public boolean isCancelled() {
                return began;
            }
        });
        assertThat(runs()).singleElement().satisfies(run -> {
            assertThat(run.outcome()).isEqualTo(Outcome.INTERRUPTED);
            assertThat(run.sha256()).isNull();
        });
        TrainOptions wild = training("learning-rate", "1e30", "clip", "0", "optimizer", "sgd", "restart", "true");
        assertThatThrownBy(() -> TrainJob.run(wild, Progress.NONE)).hasMessageContaining("diverged");
        assertThat(runs()).anySatisfy(run -> {
            assertThat(run.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(run.error()).contains("diverged");
        });
        // A mistake in the options is no run.
        int before = runs().size();
        assertThatThrownBy(() -> TrainJob.run(training("good", "nothing"), Progress.NONE))
                .isInstanceOf(HoneException.class);
        assertThat(runs()).hasSize(before);
    }

    @Test
    void nothingIsRecordedWhereItIsNotWanted() {
        TrainJob.run(training("no-history", "true", "epochs", "1"), Progress.NONE);
        assertThat(folder.resolve("runs")).doesNotExist();
        EvaluateJob.run(EvaluateOptions.of(folder.resolve("model.onnx"), Surfaces.data()), Progress.NONE);
        assertThat(folder.resolve("runs")).doesNotExist();
        TrainJob.run(training("runs", folder.resolve("elsewhere").toString(), "epochs", "1"), Progress.NONE);
        assertThat(folder.resolve("runs")).doesNotExist();
        assertThat(RunHistory.read(folder.resolve("elsewhere"), notice -> {}).runs())
                .hasSize(1);
    }

    @Test
    void neverInTheData() throws Exception {
        Path data = folder.resolve("data");
        new dev.hone.vision.synthetic.SyntheticSurfaces(64, 4, 2, 2, 3).write(data);
        List<String> said = new ArrayList<>();
        Map<String, Object> values = new HashMap<>(
                Map.of("data", data, "output", data.resolve("model.onnx"), "epochs", 1, "width", 0.25, "size", "32"));
        values.put("cache", folder.resolve("cache"));
        TrainJob.run(Options.of(TrainOptions.class).build(values), new Progress() {
            @Override
            public void info(String line) {
                said.add(line);
            }
        });
        assertThat(said).contains("no run history: the model lies in the folder of the data");
        assertThat(data.resolve("runs")).doesNotExist();
        values.put("runs", data.resolve("deep/er"));
        TrainOptions inside = Options.of(TrainOptions.class).build(values);
        assertThatThrownBy(() -> TrainJob.run(inside, Progress.NONE))
                .isInstanceOf(HoneException.class)
                .hasMessageContaining("lies in the data");
    }

    /** As on a full disk or without rights: the training is more important. */
    @Test
    void aHistoryThatCannotBeWrittenFailsNothing() throws Exception {
        Files.writeString(folder.resolve("runs"), "a file");
        List<String> said = new ArrayList<>();
        TrainJob.run(training("epochs", "1"), new Progress() {
            @Override
            public void warning(String line) {
                said.add(line);
            }
        });
        assertThat(said)
                .filteredOn(line -> line.contains("run history"))
                .singleElement()
                .asString()
                .contains("cannot be written", "the work goes on without it");
        assertThat(folder.resolve("model.onnx")).exists();
    }
}
