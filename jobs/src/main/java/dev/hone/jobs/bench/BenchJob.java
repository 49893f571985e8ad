package dev.hone.jobs.bench;

import dev.hone.compress.quantize.Quantizer;
import dev.hone.core.Progress;
import dev.hone.graph.Model;
import dev.hone.graph.analysis.BatchMixing;
import dev.hone.graph.op.GraphCost;
import dev.hone.graph.op.ShapeInference;
import dev.hone.jobs.Job;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.CpuInfo;
import dev.hone.runtime.Latency;
import dev.hone.runtime.PairedComparison;
import dev.hone.runtime.SessionOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Measures a model on this machine; two models are timed in turn, so that other work hits both alike. */
public final class BenchJob {
    public static final Job<BenchOptions, BenchResult> JOB = new Job<>(
            "bench",
            "Measure a model on this machine: size, MACs, latency, images per second, memory",
            BenchOptions.class,
            BenchJob::run);

    private BenchJob() {}

    public static BenchResult run(BenchOptions options, Progress progress) {
        SessionOptions session = options.run().session(progress);
        Duration budget = Duration.ofMillis(Math.round(options.seconds() * 1000));
        warnOfOtherProcessor(options.model(), progress);
        if (options.against() != null) {
            warnOfOtherProcessor(options.against(), progress);
        }
        int rows = mixesRows(options) ? 1 : options.batch();
        try (RandomRun first = new RandomRun(options.model(), session, rows, options.input())) {
            int batch = first.batch();
            first.run();
            double memory = ModelMemory.of(options.model(), options, batch, progress);
            if (options.against() == null) {
                BenchResult.Measured alone = measured(options.model(), Latency.measure(first, budget), memory);
                return new BenchResult(CpuInfo.modelName(), session.threads(), batch, alone, null, null);
            }
            try (RandomRun second = new RandomRun(options.against(), session, batch, options.input())) {
                if (!first.inputs().equals(second.inputs())) {
                    progress.warning("the models take different inputs, " + first.inputs() + " and " + second.inputs()
                            + ": their times are not of the same work");
                }
                second.run();
                double secondMemory = ModelMemory.of(options.against(), options, batch, progress);
                PairedComparison paired = PairedComparison.compare(first, second, budget.multipliedBy(2));
                return new BenchResult(
                        CpuInfo.modelName(),
                        session.threads(),
                        batch,
                        measured(options.model(), paired.a(), memory),
                        measured(options.against(), paired.b(), secondMemory),
                        paired);
            }
        }
    }

    /** Such a model is run on one sample at a time, see {@link BatchMixing}. */
    private static boolean mixesRows(BenchOptions options) {
        return options.batch() > 1
                && Stream.of(options.model(), options.against())
                        .anyMatch(file -> file != null && BatchMixing.isIn(ModelFiles.read(file)));
    }

    /** A quantized model may be slow, or inexact, on a processor with other instructions for products of bytes. */
    private static void warnOfOtherProcessor(Path path, Progress progress) {
        String made = ModelFiles.read(path).metadata().get(Quantizer.INSTRUCTIONS_KEY);
        if (made == null) {
            return;
        }
        Cpu there = Cpu.parse(made);
        Cpu here = Cpu.here();
        if (there.instructions() != here.instructions()) {
            progress.warning(path.getFileName() + " was quantized for " + there.instructions() + " (" + there.model()
                    + "), this machine has " + here.instructions()
                    + "; speed and results may differ, quantize it here");
        }
    }

    private static BenchResult.Measured measured(Path path, Latency latency, double memory) {
        Model model = ModelFiles.read(path);
        ShapeInference.run(model);
        GraphCost cost = GraphCost.of(model.graph());
        return new BenchResult.Measured(
                path,
                ModelFiles.size(path),
                (long) GraphCost.number(cost.total().parameters()),
                GraphCost.number(cost.total().multiplyAdds()),
                latency,
                memory);
    }
}
