package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.core.CancelledException;
import dev.hone.core.Progress;
import dev.hone.core.file.Sha256;
import dev.hone.core.option.OptionException;
import dev.hone.core.option.Options;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.ExplainOptions;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.train.Candidate;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import dev.hone.model.ModelCard;
import dev.hone.model.PretrainedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads on features of the backbone that comes with Hone, and what is trained from there. */
class HeadTrainingTest {
    @TempDir
    private Path folder;

    private TrainOptions options(Map<String, ?> more) {
        Map<String, Object> values = new HashMap<>();
        values.put("data", Surfaces.data());
        values.put("output", folder.resolve("model.onnx"));
        values.put("backbone", "ppocr-det");
        values.put("size", "64");
        values.put("cache", Surfaces.data().resolveSibling("cache"));
        values.putAll(more);
        return Options.of(TrainOptions.class).build(values);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> !name.equals("runs"))
                    .sorted()
                    .toList();
        }
    }

    private double accuracy(Path model) {
        return EvaluateJob.run(
                        Options.of(EvaluateOptions.class)
                                .build(Map.of(
                                        "model",
                                        model,
                                        "data",
                                        Surfaces.data(),
                                        "split",
                                        "validation",
                                        "cache",
                                        Surfaces.data().resolveSibling("cache"))),
                        Progress.NONE)
                .model()
                .evaluation()
                .confusion()
                .accuracy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "svm", "mlp", "prototypes"})
    void aHeadIsAModelLikeAnyOther(String head) throws IOException {
        TrainResult result = TrainJob.run(options(Map.of("head", head)), Progress.NONE);
        assertThat(result.finished()).isTrue();
        assertThat(files()).containsExactly("model.onnx");
        Candidate only = result.candidates().get(0);
        assertThat(result.candidates()).hasSize(1);
        assertThat(only.chosen()).isTrue();
        assertThat(only.detail()).isEqualTo(head + " on ppocr-det");
        Path model = folder.resolve("model.onnx");
        assertThat(accuracy(model)).isEqualTo(only.accuracy(), within(1e-6));
        Map<String, String> metadata = OnnxReader.readUnchanged(model).metadata();
        assertThat(ModelCard.read(metadata).provenance().history()).startsWith(head + " head (");
        assertThat(PretrainedWeights.read(metadata)).isPresent();
        Path int8 = folder.resolve("model.int8.onnx");
        QuantizeJob.run(QuantizeOptions.of(model, Surfaces.data(), int8), Progress.NONE);
        assertThat(accuracy(int8)).isGreaterThan(only.accuracy() - 0.1);
        Path maps = folder.resolve("maps");
        ExplainJob.run(
                Options.of(ExplainOptions.class)
                        .build(Map.of(
                                "model",
                                model,
                                "inputs",
                                List.of(Surfaces.images("crack").get(0).toString()),
                                "output",
                                maps,
                                "samples",
                                2)),
                Progress.NONE);
        assertThat(maps).isNotEmptyDirectory();
    }

    @Test
    void theSameOptionsGiveTheSameFile() {
        TrainJob.run(options(Map.of("head", "svm")), Progress.NONE);
        String first = Sha256.of(folder.resolve("model.onnx"));
        TrainJob.run(options(Map.of("head", "svm")), Progress.NONE);
        assertThat(Sha256.of(folder.resolve("model.onnx"))).isEqualTo(first);
    }

    /** The head is there before fine-tuning begins, and stays unless that is better. */
    @Test
    void fineTuningReplacesTheHeadOnlyIfItIsBetter() throws IOException {
        List<String> heads = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void info(String line) {
                if (line.startsWith("fine-tuning")) {
                    heads.add(Sha256.of(folder.resolve("model.onnx")));
                }
            }
        };
        // A rate at which nothing good is learned.
        TrainResult worse =
                TrainJob.run(options(Map.of("head", "linear", "epochs", 1, "learning-rate", 0.5)), progress);
        assertThat(worse.candidates()).extracting(Candidate::name).containsExactly("head", "fine-tuned");
        assertThat(worse.chosen().name()).isEqualTo("head");
        assertThat(heads).hasSize(1);
        assertThat(Sha256.of(folder.resolve("model.onnx"))).isEqualTo(heads.get(0));
        assertThat(worse.history().epochs()).isEmpty();
        assertThat(files()).containsExactly("model.onnx");

        TrainResult better = TrainJob.run(options(Map.of("head", "prototypes", "epochs", 6)), progress);
        assertThat(better.chosen().name()).isEqualTo("fine-tuned");
        assertThat(Sha256.of(folder.resolve("model.onnx"))).isNotEqualTo(heads.get(1));
        assertThat(better.chosen().macroF1())
                .isEqualTo(better.history().best().validationMacroF1())
                .isGreaterThan(better.candidates().get(0).macroF1());
        assertThat(accuracy(folder.resolve("model.onnx")))
                .isEqualTo(better.chosen().accuracy(), within(1e-6));
        assertThat(better.document().get("candidates").toString()).contains("candidate=fine-tuned", "chosen=true");
    }

    /** Cancelled in fine-tuning, the model of the head stays, and the same options go on to the same weights. */
    @Test
    void goesOnWhereItWasInterrupted() throws IOException {
        Map<String, ?> more = Map.of("head", "linear", "epochs", 3);
        TrainJob.run(options(more), Progress.NONE);
        String whole = Sha256.of(folder.resolve("model.onnx"));
        Files.delete(folder.resolve("model.onnx"));

        TrainResult stopped = TrainJob.run(options(more), new Progress() {
            private boolean tuning;
            private long steps;

            @Override
            public void started(String task, long count) {
                tuning |= task.equals("training");
            }

            @Override
            public void advanced(long done) {
                steps = tuning ? done : 0;
            }

            @Override
            public boolean isCancelled() {
                return steps >= 2;
            }
        });
        assertThat(stopped.finished()).isFalse();
        assertThat(stopped.checkpoint()).exists();
        assertThat(files()).containsExactly("model.onnx", "model.onnx.candidates", "model.onnx.fine-tuned.checkpoint");
        assertThat(accuracy(folder.resolve("model.onnx"))).isPositive();

        TrainResult resumed = TrainJob.run(options(more), Progress.NONE);
        assertThat(resumed.finished()).isTrue();
        assertThat(resumed.candidates()).extracting(Candidate::name).containsExactly("head", "fine-tuned");
        assertThat(Sha256.of(folder.resolve("model.onnx"))).isEqualTo(whole);
    }

    @Test
    void cancelledBeforeThereIsAModelItLeavesNone() throws IOException {
        Progress cancelled = new Progress() {
            private boolean fitting;

            @Override
            public void started(String task, long count) {
                fitting |= task.equals("cross-validation");
            }

            @Override
            public boolean isCancelled() {
                return fitting;
            }
        };
        assertThatThrownBy(() -> TrainJob.run(options(Map.of("head", "svm")), cancelled))
                .isInstanceOf(CancelledException.class);
        assertThat(files()).isEmpty();
    }

    @Test
    void refusesAHeadWhereThereIsNoBackbone() {
        assertThatThrownBy(() -> Options.of(TrainOptions.class)
                        .build(Map.of(
                                "data",
                                Surfaces.data(),
                                "output",
                                folder.resolve("m.onnx"),
                                "head",
                                "svm",
                                "architecture",
                                "resnet18")))
                .isInstanceOf(OptionException.class)
                .hasMessageContaining("not of resnet18");
        assertThatThrownBy(() -> options(Map.of("head", "svn"))).hasMessageContaining("did you mean 'svm'");
    }
}
