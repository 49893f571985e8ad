package dev.hone.jobs.evaluate;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.bench.RandomRun;
import dev.hone.model.Classifier;
import dev.hone.model.ModelEvaluation;
import dev.hone.report.EvaluationPage;
import dev.hone.report.Explanations;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Measures and explains what a report shows beside the evaluations, and writes the page.
 *
 * @param second the quantized model, say, or null
 * @param indices the samples of the store that were evaluated, in the evaluations' order
 * @param commands what to run to reproduce it
 */
public record EvaluationReport(
        ModelEvaluation first, ModelEvaluation second, ImageStore store, int[] indices, List<String> commands) {

    /** @throws HoneException if the page cannot be written */
    public void write(Path page, ClassifierOptions classifierOptions, RunOptions run, Progress progress) {
        SessionOptions session = run.session();
        try (Classifier classifier = classifierOptions.open(first.file(), run, Progress.NONE)) {
            progress.started("report", 0);
            PairedComparison speed = speed(session);
            Explanations explanations = new ReportExplanations(this, classifier, classifierOptions, run).make(progress);
            new EvaluationPage(
                            first,
                            second,
                            store,
                            indices,
                            speed,
                            session.threads(),
                            classifier.input().history(),
                            classifier.input().provenance(),
                            explanations,
                            commands)
                    .write(page);
            progress.finished();
        }
    }

    private PairedComparison speed(SessionOptions session) {
        try (RandomRun a = new RandomRun(first.file(), session, 1, List.of())) {
            if (second == null) {
                Latency alone = Latency.measure(a, Duration.ofSeconds(1));
                return new PairedComparison(alone, alone, 1, 1, 1);
            }
            try (RandomRun b = new RandomRun(second.file(), session, 1, List.of())) {
                return PairedComparison.compare(a, b, Duration.ofSeconds(2));
            }
        }
    }
}
