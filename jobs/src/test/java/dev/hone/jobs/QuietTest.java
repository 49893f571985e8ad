package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.bench.BenchOptions;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.ExplainOptions;
import dev.hone.jobs.explain.ExplainResult;
import dev.hone.jobs.explain.ImageExplanation;
import dev.hone.jobs.explain.ImageResult;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.predict.PredictOptions;
import dev.hone.jobs.show.ShowJob;
import dev.hone.jobs.show.ShowOptions;
import dev.hone.jobs.train.TrainJob;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs print nothing, and run on several threads at a time. */
class QuietTest {
    @TempDir
    private Path folder;

    @Test
    void jobsPrintNothing() {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            System.setErr(captured);
            TrainJob.run(Surfaces.training(folder.resolve("model.onnx")), Progress.NONE);
            EvaluateJob.run(
                    EvaluateOptions.of(Surfaces.model(), Surfaces.data()).withReport(folder.resolve("report.html")),
                    Progress.NONE);
            ExplainJob.run(explanation(folder.resolve("maps")), Progress.NONE);
            PredictJob.run(PredictOptions.of(Surfaces.model(), List.of(folder.resolve("none.png"))), Progress.NONE);
            ShowJob.run(new ShowOptions(Surfaces.model(), true, true), Progress.NONE);
            BenchJob.run(BenchOptions.of(Surfaces.model()), Progress.NONE);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void severalThreadsAtATime() throws Exception {
        EvaluateOptions options = EvaluateOptions.of(Surfaces.model(), Surfaces.data());
        Map<String, Object> expected = EvaluateJob.run(options, Progress.NONE).document();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<EvaluateResult>> work = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                work.add(() -> EvaluateJob.run(options, Progress.NONE));
            }
            for (Future<EvaluateResult> result : pool.invokeAll(work)) {
                assertThat(result.get().document()).isEqualTo(expected);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Two images, one of which is not there. */
    private ExplainOptions explanation(Path maps) {
        DataSet set = DataSet.open(Surfaces.data());
        Path image = set.samples().get(set.indices(Split.TEST)[0]).file();
        return ExplainOptions.of(Surfaces.model(), List.of(image, folder.resolve("none.png")), maps);
    }

    @Test
    void explanationsOnSeveralThreadsAreTheSame() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<ExplainResult>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Path maps = folder.resolve("maps" + i);
                work.add(() -> ExplainJob.run(explanation(maps), Progress.NONE));
            }
            byte[] map = null;
            for (Future<ExplainResult> future : pool.invokeAll(work)) {
                ImageResult result = (ImageResult) future.get();
                assertThat(result.failures()).singleElement().satisfies(f -> assertThat(f.problem())
                        .contains("none.png"));
                ImageExplanation explained = result.explanations().get(0);
                byte[] written = Files.readAllBytes(explained.map());
                assertThat(written).isEqualTo(map == null ? written : map);
                map = written;
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
