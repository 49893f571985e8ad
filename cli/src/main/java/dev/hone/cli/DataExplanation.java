package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.explain.ModelFeatures;
import dev.hone.explain.quality.Regions;
import dev.hone.graph.Model;
import dev.hone.jobs.Json;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.explain.ExplainedImages;
import dev.hone.jobs.explain.ImageAttributors;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import dev.hone.vision.store.ImageStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Explaining a whole data set instead of single images: how good the explanations are, and what they say together. */
final class DataExplanation {
    private static final int IMAGES = 60;

    @Option(
            names = "--evaluate",
            paramLabel = "DATA",
            description =
                    "Judge explanations on DATA's test images instead of showing single ones: a table of measures, "
                            + "with a random map and an edge detector as controls.")
    private Path evaluate;

    @Option(
            names = "--global",
            paramLabel = "DATA",
            description = "Explain the verdicts on DATA's test images together: where the model looks for each class, "
                    + "prototypes, the least certain maps, and whether verdicts rest on the border, a corner or the "
                    + "background instead of the defect. -o names the page, an .html file.")
    private Path global;

    @Option(
            names = "--region",
            paramLabel = "X,Y,W,H",
            description =
                    "With --global: also ask about this part of the image, in percent of it, such as a watermark's "
                            + "80,90,20,10.")
    private String region;

    @Option(
            names = "--masks",
            paramLabel = "DIR",
            description = "Where the masks of defects are, a PNG of each image's name (default: beside the images).")
    private Path masks;

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "How many images of DATA to explain, of every class alike (default: 60).")
    private Integer images;

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "METHOD",
            description = "With --evaluate: several methods to judge beside each other (default: that of --method).")
    private List<String> methods = List.of();

    /** @throws HoneException if its options are given, but no data */
    boolean asked() {
        boolean asked = evaluate != null || global != null;
        if (!asked && (region != null || masks != null || images != null || !methods.isEmpty())) {
            throw new HoneException(
                    "--region, --masks, --images and --methods are for --evaluate DATA or --global DATA");
        }
        if (evaluate != null && global != null) {
            throw new HoneException("--evaluate and --global are given, expected one of them");
        }
        return asked;
    }

    boolean isGlobal() {
        return global != null;
    }

    /** Which methods are to be judged, or the one by which is explained. */
    List<Method> methods(MethodOption single) {
        if (methods.isEmpty()) {
            return List.of(single.method());
        }
        if (isGlobal() || single.given()) {
            throw new HoneException("--methods compares methods and is for --evaluate without --method; found it with "
                    + (isGlobal() ? "--global" : "--method"));
        }
        return methods.stream().map(Method::of).distinct().toList();
    }

    private ExplainedImages chosen(Classifier classifier, DataOption dataOption, Path data, ImageAttributors methods) {
        int count = images == null ? IMAGES : images;
        if (count < 1) {
            throw new HoneException("--images " + count + ", expected 1 or more");
        }
        return new ExplainedImages(
                classifier,
                data,
                count,
                methods.options().seed(),
                masks,
                methods.contrast(),
                dataOption.options(),
                new ConsoleProgress());
    }

    /**
     * Writes the page of a global view.
     *
     * @param page where it goes, or null
     * @return what to print
     */
    String global(
            Path file,
            Classifier classifier,
            DataOption dataOption,
            ImageAttributors methods,
            Method method,
            Path page,
            boolean json) {
        if (page == null && !json) {
            throw new HoneException("--global needs -o, the name of the page to write, such as -o global.html");
        }
        if (page != null) {
            Outputs.requireWritable(page, file, global);
        }
        ImageStore.Form form = classifier.form();
        Regions.of(form.height(), form.width(), region);
        GlobalView view = new GlobalView(chosen(classifier, dataOption, global, methods));
        try (ImageExplainer explainer = new ImageExplainer(classifier, methods, method);
                NativeTensor example = NativeTensor.allocate(1, 1, form.channels(), form.height(), form.width());
                ModelFeatures features = ModelFeatures.open(classifier.model(), example, methods.common());
                ConsoleProgressBar progress =
                        new ConsoleProgressBar("explaining", view.images().size())) {
            view.run(explainer, features, form, region, progress);
            if (page != null) {
                new GlobalPage(view, explainer, classifier).of(file, global).write(page);
                System.err.println("page: " + page.toAbsolutePath().toUri());
            }
        }
        return json ? Json.document(view.document()) : String.join("\n", view.verdicts()) + "\n";
    }

    private static String than(ImageAttributors methods, Classifier classifier) {
        return classifier.input().label(methods.contrast());
    }

    String evaluate(
            Path file,
            Classifier classifier,
            DataOption dataOption,
            ImageAttributors methods,
            List<Method> judged,
            boolean json) {
        if (region != null) {
            throw new HoneException("--region is for --global, found --evaluate");
        }
        Model model = classifier.model();
        ExplainedImages chosen = chosen(classifier, dataOption, evaluate, methods);
        QualityTable table;
        try (ConsoleProgressBar progress =
                new ConsoleProgressBar("judging explanations", chosen.size() + judged.size())) {
            table = new QualityEvaluation(model, methods, classifier).run(chosen, judged, progress);
        }
        if (!json) {
            StringBuilder text = new StringBuilder(String.format(
                    "%s on %d test images of %s%s; mean ± deviation over images%n%n%s%n",
                    file,
                    chosen.size(),
                    evaluate,
                    methods.contrast() < 0 ? "" : ", why rather than '" + than(methods, classifier) + "'",
                    table.text()));
            text.append(table.zeroText(chosen.size()));
            table.measures().forEach(m -> text.append(m.label())
                    .append(": ")
                    .append(m.meaning())
                    .append('\n'));
            text.append("agreement: rank correlation of the maps of each two methods\n");
            return text.toString();
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", file.toString());
        document.put("data", evaluate.toString());
        document.put("images", chosen.size());
        document.put("seed", methods.options().seed());
        if (methods.contrast() >= 0) {
            document.put("contrast", than(methods, classifier));
        }
        Map<String, String> meanings = new LinkedHashMap<>();
        Arrays.stream(QualityMeasure.values())
                .filter(table.measures()::contains)
                .forEach(m -> meanings.put(m.key(), m.meaning()));
        document.put("measures", meanings);
        document.putAll(table.document());
        return Json.document(document);
    }
}
