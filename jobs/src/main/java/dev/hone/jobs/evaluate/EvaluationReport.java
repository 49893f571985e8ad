package dev.hone.jobs.evaluate;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.jobs.ClassifierOptions;
import dev.hone.jobs.RunOptions;
import dev.hone.jobs.bench.RandomRun;
import dev.hone.model.Cards;
import dev.hone.model.Classifier;
import dev.hone.model.ModelEvaluation;
import dev.hone.report.EvaluatedSamples;
import dev.hone.report.EvaluationPage;
import dev.hone.report.Explanations;
import dev.hone.report.Report;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import dev.hone.runtime.SessionOptions;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Measures and explains what a report shows beside the evaluations, and writes the page.
 *
 * @param second the quantized model, say, or null
 * @param samples that were evaluated
 * @param store of evaluated images; null for rows, which a report does not explain
 * @param indices the samples of the store that were evaluated, in the evaluations' order
 * @param card of the first model, or null
 * @param cautions of the metrics; those of the maps are added
 * @param links to pages beside it
 * @param commands what to run to reproduce it
 */
record EvaluationReport(
        ModelEvaluation first,
        ModelEvaluation second,
        EvaluatedSamples samples,
        ImageStore store,
        int[] indices,
        Cards.Card card,
        Cautions cautions,
        List<Report.Link> links,
        List<String> commands) {

    /** @throws HoneException if the page cannot be written */
    void write(Path page, ClassifierOptions classifierOptions, RunOptions run, Progress progress) {
        SessionOptions session = run.session();
        progress.started("report", 0);
        PairedComparison speed = speed(session);
        Explanations explanations = store == null ? null : explanations(classifierOptions, run, progress);
        new EvaluationPage(
                        first,
                        second,
                        samples,
                        speed,
                        session.threads(),
                        card == null ? Map.of() : card.history(),
                        card == null ? Map.of() : card.provenance(),
                        explanations,
                        cautions.sentences(),
                        links,
                        commands)
                .write(page);
        progress.finished();
    }

    private Explanations explanations(ClassifierOptions classifierOptions, RunOptions run, Progress progress) {
        try (Classifier classifier = classifierOptions.open(first.file(), run, Progress.NONE)) {
            return new ReportExplanations(this, classifier, classifierOptions, run).make(cautions, progress);
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
