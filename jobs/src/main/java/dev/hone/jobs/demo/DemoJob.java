package dev.hone.jobs.demo;

import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.FileErrors;
import dev.hone.core.option.Options;
import dev.hone.jobs.Job;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** Generates images, trains, quantizes, evaluates both models, explains and writes a report. */
public final class DemoJob {
    public static final Job<DemoOptions, DemoResult> JOB =
            new Job<>("demo", "Run an end-to-end demo on synthetic images", DemoOptions.class, DemoJob::run);

    /** Marks a folder as a demonstration's, whose files the next one may replace. */
    private static final String MARK = ".hone-demo";

    private DemoJob() {}

    /** @throws HoneException if the folder cannot be written, or holds what no demonstration has made */
    public static DemoResult run(DemoOptions options, Progress progress) {
        long start = System.nanoTime();
        Path folder = options.output();
        Outputs.requireWritableFolder(folder);
        claim(folder);
        Path data = folder.resolve("surfaces");
        Path model = folder.resolve("model.onnx");
        Path int8 = folder.resolve("model.int8.onnx");
        Path report = folder.resolve("report.html");
        Path cache = folder.resolve(".cache");
        progress.info("== generating images in " + data);
        generate(data, options.images());
        progress.info("== training for " + options.minutes() + " minutes");
        TrainResult trained = TrainJob.run(
                Options.of(TrainOptions.class)
                        .build(Map.of(
                                "data",
                                data,
                                "output",
                                model,
                                "architecture",
                                "resnet-edge",
                                "minutes",
                                options.minutes(),
                                "restart",
                                true,
                                "cache",
                                cache)),
                progress);
        if (!trained.finished()) {
            return new DemoResult(trained, null, null, null, seconds(start));
        }
        progress.info("== quantizing to INT8");
        QuantizeJob.run(
                Options.of(QuantizeOptions.class)
                        .build(Map.of(
                                "model", model, "calibrate", data, "output", int8, "plan", "all", "cache", cache)),
                progress);
        progress.info("== evaluating both on the test images, measuring, explaining");
        EvaluateResult evaluated = EvaluateJob.run(
                Options.of(EvaluateOptions.class)
                        .build(Map.of("model", model, "data", data, "against", int8, "report", report, "cache", cache)),
                progress);
        return new DemoResult(trained, evaluated.model(), evaluated.against(), report, seconds(start));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Data and models are replaced, so that there must be no others. */
    private static void claim(Path folder) {
        Path mark = folder.resolve(MARK);
        try (Stream<Path> files = Files.list(folder)) {
            if (!Files.exists(mark)) {
                if (files.findAny().isPresent()) {
                    throw new HoneException(folder + " holds files that are not of a demo, which could be lost; "
                            + "choose a new or an empty folder");
                }
                Files.createFile(mark);
            }
        } catch (IOException e) {
            throw new HoneException("cannot write to " + folder + ": " + FileErrors.reason(e), e);
        }
    }

    /** A second demonstration generates its images anew. */
    private static void generate(Path data, int images) {
        if (Files.isDirectory(data)) {
            try (Stream<Path> tree = Files.walk(data)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new HoneException("cannot delete " + data + ": " + FileErrors.reason(e), e);
            }
        }
        SyntheticSurfaces usual = SyntheticSurfaces.DEFAULT;
        new SyntheticSurfaces(
                        usual.size(),
                        images,
                        Math.max(8, images * usual.validation() / usual.train()),
                        Math.max(8, images * usual.test() / usual.train()),
                        usual.seed())
                .write(data);
    }
}
