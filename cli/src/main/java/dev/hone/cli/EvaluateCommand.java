package dev.hone.cli;

import dev.hone.graph.HoneException;
import dev.hone.train.metric.Confusion;
import dev.hone.train.metric.Evaluation;
import dev.hone.train.metric.Ranking;
import dev.hone.vision.data.DataSet;
import dev.hone.vision.data.ImageStore;
import dev.hone.vision.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
                    + "are rejected.",
            "",
            "Example:",
            "  hone evaluate model.onnx photos --against model.int8.onnx --report report.html",
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

    @Option(
            names = "--overkill",
            paramLabel = "SHARE",
            description = "Share of good parts that may be rejected (default: ${DEFAULT-VALUE}).")
    private double overkill = Evaluation.DEFAULT_OVERKILL;

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
    public Integer call() throws IOException {
        if (!(overkill >= 0 && overkill <= 1)) {
            throw new HoneException("--overkill " + overkill + ", expected a share from 0 to 1");
        }
        if (report != null) {
            Outputs.requireWritable(report);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        Result first = evaluate(file);
        Result second = against == null ? null : evaluate(against);
        if (json) {
            document.put("model", summary(file, first.evaluation, first.good));
            if (second != null) {
                document.put("against", summary(against, second.evaluation, second.good));
            }
            System.out.println(Json.document(document));
        } else {
            print(file, first.evaluation, first.good);
            if (second != null) {
                System.out.println();
                print(against, second.evaluation, second.good);
            }
        }
        if (report != null) {
            String command = "hone evaluate " + file + " " + data + (against == null ? "" : " --against " + against)
                    + " --report " + report;
            new ReportBuilder(
                            new ReportBuilder.Judged(file, first.evaluation),
                            second == null ? null : new ReportBuilder.Judged(against, second.evaluation),
                            first.store,
                            first.indices,
                            List.of(command),
                            first.good)
                    .write(report, pixels, session.options());
            System.err.println("report: " + report.toAbsolutePath().toUri());
        }
        return 0;
    }

    private record Result(Evaluation evaluation, int good, ImageStore store, int[] indices) {}

    private Result evaluate(Path model) {
        try (Classifier classifier = new Classifier(model, pixels, session.options())) {
            DataSet set = dataOption.dividedFor(data, classifier.input());
            if (classifier.input().labels() != null) {
                set = set.withClasses(classifier.input().labels());
            }
            int goodIndex = classifier.input().good(set.classes(), good);
            ImageStore store = dataOption.store(set, classifier.input().form());
            int[] indices = indices(store.dataSet());
            return new Result(
                    classifier.evaluate(store, indices, model.getFileName().toString()), goodIndex, store, indices);
        }
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

    private Map<String, Object> summary(Path model, Evaluation evaluation, int goodIndex) {
        Confusion confusion = evaluation.confusion();
        List<String> labels = evaluation.labels();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", model.toString());
        map.put("images", evaluation.size());
        map.put("accuracy", Json.round(confusion.accuracy(), 6));
        map.put("balancedAccuracy", Json.round(confusion.balancedAccuracy(), 6));
        map.put("macroF1", Json.round(confusion.macroF1(), 6));
        map.put("rocAuc", Json.round(evaluation.rocAuc(), 6));
        map.put("logLoss", Json.round(evaluation.logLoss(), 6));
        if (goodIndex >= 0) {
            Ranking.OperatingPoint point = evaluation.escapeAt(overkill, goodIndex);
            map.put("goodClass", labels.get(goodIndex));
            map.put("escapeRate", Json.round(point.escape(), 6));
            map.put("overkill", Json.round(point.overkill(), 6));
            map.put("defectThreshold", Json.round(point.threshold(), 6));
        }
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int c = 0; c < labels.size(); c++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("class", labels.get(c));
            row.put("precision", Json.round(confusion.precision(c), 6));
            row.put("recall", Json.round(confusion.recall(c), 6));
            row.put("f1", Json.round(confusion.f1(c), 6));
            row.put("images", confusion.support(c));
            classes.add(row);
        }
        map.put("classes", classes);
        List<List<Long>> matrix = new ArrayList<>();
        for (int t = 0; t < labels.size(); t++) {
            List<Long> row = new ArrayList<>();
            for (int p = 0; p < labels.size(); p++) {
                row.add(confusion.count(t, p));
            }
            matrix.add(row);
        }
        map.put("confusion", matrix);
        return map;
    }

    private void print(Path model, Evaluation evaluation, int goodIndex) {
        Confusion confusion = evaluation.confusion();
        List<String> labels = evaluation.labels();
        System.out.printf("%s on %d images of %s (%s)%n%n", model, evaluation.size(), data, split);
        TextTable matrix = new TextTable();
        List<Object> head = new ArrayList<>(List.of("true \\ verdict"));
        head.addAll(labels);
        head.addAll(List.of("precision", "recall", "F1"));
        matrix.row(head.toArray());
        for (int t = 0; t < labels.size(); t++) {
            List<Object> row = new ArrayList<>(List.of(labels.get(t)));
            for (int p = 0; p < labels.size(); p++) {
                row.add(confusion.count(t, p));
            }
            row.add(Sizes.percent(confusion.precision(t)));
            row.add(Sizes.percent(confusion.recall(t)));
            row.add(Sizes.percent(confusion.f1(t)));
            matrix.row(row.toArray());
        }
        System.out.println(matrix);
        System.out.printf(
                Locale.ROOT,
                "accuracy %s   balanced accuracy %s   macro F1 %s   ROC AUC %.4f%n",
                Sizes.percent(confusion.accuracy()),
                Sizes.percent(confusion.balancedAccuracy()),
                Sizes.percent(confusion.macroF1()),
                evaluation.rocAuc());
        if (goodIndex >= 0) {
            Ranking.OperatingPoint point = evaluation.escapeAt(overkill, goodIndex);
            System.out.printf(
                    Locale.ROOT,
                    "escapes %s of the defective parts when %s of the '%s' ones are rejected (reject above %.4f)%n",
                    Sizes.percent(point.escape()),
                    Sizes.percent(point.overkill()),
                    labels.get(goodIndex),
                    point.threshold());
        }
    }
}
