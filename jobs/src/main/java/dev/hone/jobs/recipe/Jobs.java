package dev.hone.jobs.recipe;

import dev.hone.jobs.Job;
import dev.hone.jobs.backbone.BackboneJob;
import dev.hone.jobs.bench.BenchJob;
import dev.hone.jobs.demo.DemoJob;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.predict.PredictJob;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.show.ShowJob;
import dev.hone.jobs.train.TrainJob;
import java.util.List;
import java.util.Optional;

/** The table of all jobs. */
public final class Jobs {
    public static final List<Job<?, ?>> ALL = List.of(
            TrainJob.JOB,
            EvaluateJob.JOB,
            QuantizeJob.JOB,
            ExplainJob.JOB,
            PredictJob.JOB,
            BenchJob.JOB,
            ShowJob.JOB,
            DemoJob.JOB,
            BackboneJob.JOB);

    private Jobs() {}

    public static Optional<Job<?, ?>> named(String name) {
        return ALL.stream().filter(job -> job.name().equals(name)).findFirst();
    }

    public static List<String> names() {
        return ALL.stream().<String>map(Job::name).toList();
    }
}
