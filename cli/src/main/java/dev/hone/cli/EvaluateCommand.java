package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.data.Split;
import dev.hone.jobs.Json;
import dev.hone.jobs.Outputs;
import dev.hone.model.Classifier;
import dev.hone.model.metric.Evaluation;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "evaluate",
        header = "How good a model is on labelled images: confusion matrix, accuracy, F1, ROC AUC, escape rate.",
        description = {
            "",
            "Uses the test images of DATA. Where DATA does not say which those are, the ones that 'hone train' set aside "
                    + "are found again by the model's seed.",
            "",
            "The escape rate is the share of defective parts that pass as good when at most --overkill of the good ones "
                    + "are rejected. --set-threshold makes a model decide so.",
            "",
            "Examples:",
            "  hone evaluate model.onnx photos --against model.int8.onnx --report report.html",
            "  hone evaluate model.onnx photos --overkill 0.02 --set-threshold line.onnx",
            ""
        })
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "An ONNX file.")
    private Path file;

    @Parameters(index = "1", paramLabel = "DATA", description = "A folder with a folder per class, or a CSV.")
    private Path data;

    @Option(names = "--against", paramLabel = "OTHER", description = "A second model, such as the quantized one.")
    private Path against;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description = "Which images: test (default), validation, train or all.")
    private String split = "test";

    @Option(
            names = "--good",
            paramLabel = "CLASS",
            description = "The class of parts without a defect, if its name does not say.")
    private String good;

    @Mixin
    private LimitOption limit = new LimitOption();

    @Option(
            names = "--set-threshold",
            paramLabel = "FILE",
            description = "Also write a copy of MODEL to FILE that rejects parts from the threshold on which keeps "
                    + "--overkill (or --escape) on the validation images; the figures are then the copy's.")
    private Path thresholdFile;

    @Option(
            names = "--report",
            paramLabel = "HTML",
            description = "Also write a page with pictures, curves, latency and heat maps.")
    private Path report;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private PixelOption pixels;

    @Mixin
    private SessionOption session;

    @Override
    public Integer call() {
        limit.check();
        if (report != null) {
            Outputs.requireWritable(report, file, against, data);
        }
        if (thresholdFile != null) {
            Outputs.requireWritable(thresholdFile, file, against, data);
        }
        Result first = evaluate(file, thresholdFile);
        Result second = against == null ? null : evaluate(against, null);
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("model", first.summary.document());
            if (first.choice != null) {
                document.put("chosen", first.choice.document());
            }
            if (second != null) {
                document.put("against", second.summary.document());
            }
            System.out.println(Json.document(document));
        } else {
            print(first);
            if (second != null) {
                System.out.println();
                print(second);
            }
        }
        if (report != null) {
            write(first, second);
        }
        return 0;
    }

    private record Result(Summary summary, ThresholdChoice choice, ImageStore store, int[] indices) {}

    /** @param copy where a copy of the model with a threshold goes, or null */
    private Result evaluate(Path model, Path copy) {
        try (Classifier classifier = new Classifier(model, pixels.pixels, session.options())) {
            if (copy != null && classifier.input().card() == null) {
                throw new HoneException(model + " was not made by Hone and says nothing of its classes, so that a "
                        + "threshold has no place in it; fine-tune it with 'hone train --from' first");
            }
            DataSet set = dataOption.dividedFor(data, classifier.input());
            if (classifier.input().labels() != null) {
                set = set.withClasses(classifier.input().labels());
            }
            int goodIndex = classifier.input().good(set.classes(), good);
            ImageStore store = dataOption.store(set, classifier.input().form());
            int[] indices = indices(store.dataSet());
            ThresholdChoice choice = copy == null ? null : ThresholdChoice.on(store, classifier, goodIndex, limit);
            Evaluation evaluation =
                    classifier.evaluate(store, indices, model.getFileName().toString(), new ConsoleProgress());
            if (choice != null) {
                choice.write(model, copy, limit);
                System.err.println(copy + ": " + choice.text());
                evaluation = evaluation.withDecision(choice.decision());
            }
            return new Result(
                    new Summary(copy == null ? model : copy, evaluation, goodIndex, limit), choice, store, indices);
        }
    }

    private void print(Result result) {
        System.out.printf(
                "%s on %d images of %s (%s)%n%n",
                result.summary.file(), result.summary.evaluation().size(), data, split);
        System.out.print(result.summary.text());
    }

    private void write(Result first, Result second) {
        String command = "hone evaluate " + file + " " + data + (against == null ? "" : " --against " + against)
                + (thresholdFile == null ? "" : " " + limit + " --set-threshold " + thresholdFile) + " --report "
                + report;
        new ReportBuilder(
                        first.summary,
                        second == null ? null : second.summary,
                        first.store,
                        first.indices,
                        List.of(command))
                .write(report, pixels, session.options());
        System.err.println("report: " + report.toAbsolutePath().toUri());
    }

    private int[] indices(DataSet set) {
        int[] indices;
        if (split.equalsIgnoreCase("all")) {
            indices = java.util.stream.IntStream.range(0, set.samples().size()).toArray();
        } else {
            Split wanted = DataOption.split(split);
            indices = set.indices(wanted);
        }
        if (indices.length == 0) {
            throw new HoneException(data + " has no " + split + " images; choose others with --split, or --split all");
        }
        return indices;
    }
}
