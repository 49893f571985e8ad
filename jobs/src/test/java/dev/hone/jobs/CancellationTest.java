package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.CancelledException;
import dev.hone.core.ElementType;
import dev.hone.core.Progress;
import dev.hone.core.option.Options;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.ExplainOptions;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that is cancelled at any moment leaves nothing half-written. */
class CancellationTest {
    @TempDir
    private Path folder;

    /** Cancels at the given one of the moments at which a job asks. */
    private static final class Cancelling implements Progress {
        private final AtomicInteger left;

        Cancelling(int moment) {
            left = new AtomicInteger(moment);
        }

        @Override
        public boolean isCancelled() {
            return left.decrementAndGet() < 0;
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /** Runs a job with a later and later cancellation until it runs to its end; checks the folder after each. */
    private void cancelEverywhere(Consumer<Progress> job, List<String> allowed) throws IOException {
        boolean done = false;
        for (int moment = 0; !done; moment = moment * 5 / 4 + 1) {
            Cancelling progress = new Cancelling(moment);
            try {
                job.accept(progress);
                done = progress.left.get() >= 0;
            } catch (CancelledException e) {
                assertThat(files()).as("cancelled at moment " + moment).isSubsetOf(allowed);
            }
        }
    }

    @Test
    void evaluationWithAReport() throws IOException {
        Path report = folder.resolve("report.html");
        EvaluateOptions options = Options.of(EvaluateOptions.class)
                .build(Map.of(
                        "model", Surfaces.model(),
                        "data", Surfaces.data(),
                        "report", report,
                        "cache", folder.resolve("cache")));
        cancelEverywhere(progress -> EvaluateJob.run(options, progress), List.of("cache"));
        assertThat(files()).containsExactly("cache", "report.html");
    }

    @Test
    void globalExplanation() throws IOException {
        Path page = folder.resolve("global.html");
        ExplainOptions options = Options.of(ExplainOptions.class)
                .build(Map.of(
                        "model",
                        Surfaces.model(),
                        "global",
                        Surfaces.data(),
                        "images",
                        3,
                        "samples",
                        2,
                        "output",
                        page,
                        "cache",
                        folder.resolve("cache")));
        cancelEverywhere(progress -> ExplainJob.run(options, progress), List.of("cache"));
        assertThat(files()).containsExactly("cache", "global.html");
    }

    /** A single explanation of many samples does not run to its end first. */
    @Test
    void aLongExplanation() throws IOException {
        Path image = Surfaces.data().resolve("test").resolve("crack").resolve("brushed-0000.png");
        ExplainOptions options = Options.of(ExplainOptions.class)
                .build(Map.of(
                        "model",
                        Surfaces.model(),
                        "inputs",
                        List.of(image.toString()),
                        "output",
                        folder,
                        "method",
                        "rise",
                        "samples",
                        2000,
                        "superpixels",
                        0));
        Cancelling progress = new Cancelling(20);
        assertThatThrownBy(() -> ExplainJob.run(options, progress)).isInstanceOf(CancelledException.class);
        assertThat(files()).isEmpty();
        // The threads may ask once more each, and the job itself; not the thousands of masks.
        assertThat(progress.left.get()).isGreaterThan(-4 - Runtime.getRuntime().availableProcessors());
    }

    @Test
    void measuring() {
        BenchOptions options = BenchOptions.of(Surfaces.model());
        assertThatThrownBy(() -> BenchJob.run(options, new Cancelling(1))).isInstanceOf(CancelledException.class);
    }

    /** What a later run resumes from is kept and named, and the exception is that of a cancelled job. */
    @Test
    void conversionBesideTheModel() throws IOException {
        Path output = folder.resolve("half.onnx");
        QuantizeOptions options = Options.of(QuantizeOptions.class)
                .build(Map.of("model", Surfaces.model(), "output", output, "method", "fp16", "external-data", true));
        cancelEverywhere(
                progress -> QuantizeJob.run(options, progress), List.of("half.onnx.data.part", "half.onnx.journal"));
        assertThat(files()).containsExactly("half.onnx", "half.onnx.data");
    }

    /** Training ends with a checkpoint instead of an exception, and the same options resume to the same weights. */
    @Test
    void training() throws IOException {
        Path whole = folder.resolve("whole.onnx");
        TrainJob.run(Surfaces.training(whole), Progress.NONE);
        Path parts = folder.resolve("parts.onnx");
        int cancelled = 0;
        boolean finished = false;
        while (!finished) {
            try {
                TrainResult result = TrainJob.run(Surfaces.training(parts), new Cancelling(1));
                finished = result.finished();
                cancelled += finished ? 0 : 1;
                assertThat(files()).contains("parts.onnx.checkpoint", "whole.onnx", "whole.onnx.checkpoint");
                assertThat(files())
                        .isSubsetOf(
                                "parts.onnx", "parts.onnx.checkpoint", "runs", "whole.onnx", "whole.onnx.checkpoint");
            } catch (CancelledException e) {
                throw new AssertionError("cancelled before training began", e);
            }
        }
        assertThat(cancelled).isPositive();
        assertThat(weights(parts)).isEqualTo(weights(whole));
    }

    private static List<List<Float>> weights(Path model) {
        return OnnxReader.read(model).graph().constants().stream()
                .filter(v -> v.type() == ElementType.FLOAT)
                .map(v -> {
                    List<Float> values = new ArrayList<>();
                    for (float value : v.constant().floats()) {
                        values.add(value);
                    }
                    return values;
                })
                .toList();
    }
}
