package dev.hone.cli;

import dev.hone.core.option.Options;
import dev.hone.core.text.Figures;
import dev.hone.jobs.Json;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.evaluate.EvaluateJob;
import dev.hone.jobs.evaluate.EvaluateOptions;
import dev.hone.jobs.evaluate.EvaluateResult;
import dev.hone.jobs.quantize.QuantizeJob;
import dev.hone.jobs.quantize.QuantizeOptions;
import dev.hone.jobs.train.TrainJob;
import dev.hone.jobs.train.TrainOptions;
import dev.hone.jobs.train.TrainResult;
import dev.hone.model.ModelEvaluation;
import dev.hone.model.ModelFiles;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        header = "The whole job on surfaces that Hone draws itself: train, quantize, evaluate, explain, report.",
        description = {
            "",
            "Draws metal, cloth, wood, concrete, castings and solar cells with scratches, spots, cracks, stains, dents and "
                    + "without; ends with the path of a report. Takes less than five minutes on two cores.",
            "",
            "Example:",
            "  hone demo -o demo/",
            ""
        })
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Folder for data, models and report (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("hone-demo");

    @Option(names = "--minutes", paramLabel = "M", description = "Time for training (default: ${DEFAULT-VALUE}).")
    private double minutes = 3;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Training images of each class (default: ${DEFAULT-VALUE}).")
    private int images = SyntheticSurfaces.DEFAULT.train();

    @Option(names = "--json", description = "Print one JSON document at the end.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        Outputs.requireWritableFolder(output);
        Path data = output.resolve("surfaces");
        Path model = output.resolve("model.onnx");
        Path int8 = output.resolve("model.int8.onnx");
        Path report = output.resolve("report.html");
        SyntheticSurfaces d = SyntheticSurfaces.DEFAULT;
        say("drawing surfaces in " + data);
        deleteDrawn(data);
        new SyntheticSurfaces(
                        d.size(),
                        images,
                        Math.max(8, images * d.validation() / d.train()),
                        Math.max(8, images * d.test() / d.train()),
                        d.seed())
                .write(data);
        DataOption dataOption = new DataOption();
        dataOption.cache = output.resolve(".cache");
        ModelEvaluation summary;
        ModelEvaluation second;
        TrainResult trained;
        try (ConsoleProgress progress = new ConsoleProgress()) {
            InterruptHandler.onFirst(progress::cancel);
            say("training for " + minutes + " minutes");
            trained = TrainJob.run(
                    Options.of(TrainOptions.class)
                            .build(Map.of(
                                    "data",
                                    data,
                                    "output",
                                    model,
                                    "minutes",
                                    minutes,
                                    "restart",
                                    true,
                                    "cache",
                                    dataOption.cache)),
                    progress);
            if (!trained.finished()) {
                return TrainCommand.INTERRUPTED;
            }
            say("quantizing to INT8");
            QuantizeJob.run(
                    Options.of(QuantizeOptions.class)
                            .build(Map.of(
                                    "model",
                                    model,
                                    "calibrate",
                                    data,
                                    "output",
                                    int8,
                                    "plan",
                                    "all",
                                    "cache",
                                    dataOption.cache)),
                    progress);
            say("evaluating both on the test images, measuring, explaining");
            EvaluateResult evaluated = EvaluateJob.run(
                    Options.of(EvaluateOptions.class)
                            .build(Map.of(
                                    "model",
                                    model,
                                    "data",
                                    data,
                                    "against",
                                    int8,
                                    "report",
                                    report,
                                    "cache",
                                    dataOption.cache)),
                    progress);
            summary = evaluated.model();
            second = evaluated.against();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("training", trained.document());
            document.put("model", EvaluateResult.document(summary, "images"));
            document.put("quantized", EvaluateResult.document(second, "images"));
            document.put("bytes", ModelFiles.size(model));
            document.put("quantizedBytes", ModelFiles.size(int8));
            document.put("report", report.toString());
            document.put("seconds", Json.round(seconds, 1));
            System.out.println(Json.document(document));
        } else {
            print(summary, second, seconds);
            System.out.println("report: " + report.toAbsolutePath().normalize().toUri());
        }
        return 0;
    }

    private static void print(ModelEvaluation first, ModelEvaluation second, double seconds) {
        double accuracy = 100 * first.evaluation().confusion().accuracy();
        double quantized = 100 * second.evaluation().confusion().accuracy();
        System.out.printf(
                Locale.ROOT,
                "test accuracy %.1f %%, INT8 %.1f %% (%+.1f points), %s -> %s, %.0f s in all%n",
                accuracy,
                quantized,
                quantized - accuracy,
                Figures.bytes(ModelFiles.size(first.file())),
                Figures.bytes(ModelFiles.size(second.file())),
                seconds);
    }

    /** A second demonstration draws anew; what an earlier one drew is known by its folders. */
    private static void deleteDrawn(Path data) throws IOException {
        if (!Files.isDirectory(data)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(data)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void say(String what) {
        System.err.println("== " + what);
    }
}
