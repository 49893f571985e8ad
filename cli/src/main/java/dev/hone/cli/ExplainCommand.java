package dev.hone.cli;

import dev.hone.core.HoneException;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.explain.SamplingOptions;
import dev.hone.jobs.Json;
import dev.hone.jobs.Outputs;
import dev.hone.jobs.explain.BaselineKind;
import dev.hone.jobs.explain.ImageAttributors;
import dev.hone.jobs.explain.ImageBaselines;
import dev.hone.jobs.explain.ImageExplainer;
import dev.hone.jobs.explain.MapNames;
import dev.hone.jobs.explain.ReferenceModel;
import dev.hone.model.Classifier;
import dev.hone.runtime.NativeTensor;
import java.io.IOException;
import java.nio.file.Path;
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
        name = "explain",
        header = "Shows which parts of an image led to its verdict, as a heat map over the photograph.",
        description = {
            "",
            "GradientSHAP, the default method: the image is compared with baselines, training images of DATA, or without DATA with "
                    + "itself without its details. Each pixel gets the share of the "
                    + "score that it added (for) or took away (against); the shares sum to the difference between the score "
                    + "of the image and the mean score of the baselines, up to the additivity error that is reported. For a "
                    + "quantized model, rounding counts as if it were not there (straight-through).",
            "",
            "A map is a mean over samples. Its error, how far another seed's map would be from the one of infinitely many "
                    + "samples, is told from the spread of the samples and printed as a share of the map's length.",
            "",
            "Other methods (--method, --list-methods) look at gradients, at feature maps, at attention, or only at scores "
                    + "and so take any model. With --superpixels or --grid, regions are explained instead of pixels, each "
                    + "with the error of its sum.",
            "",
            "Example:",
            "  hone explain model.onnx part-0017.png -o maps/",
            "  hone explain model.onnx part-0017.png --baselines photos -o maps/",
            "  hone explain model.onnx part-0017.png --method grad-cam -o maps/",
            "  hone explain model.onnx part-0017.png --method kernel-shap --superpixels 40 -o maps/",
            "  hone explain model.onnx part-0017.png --baselines photos -o maps/ --error 0.05",
            "  hone explain model.onnx part-0017.png -o maps/ --rather-than good",
            "  hone explain model.int8.onnx part-0017.png --against model.onnx --baselines photos -o maps/",
            "  hone explain model.onnx --evaluate photos --baselines photos --images 60",
            "  hone explain model.onnx --global photos --baselines photos -o global.html",
            "  hone explain credit.onnx applicants.csv --baselines training.csv -o why/ --columns age,income,purpose",
            "  hone explain transformer.onnx embeddings.npz --method integrated-gradients --tokens sentences.txt -o why/",
            ""
        })
final class ExplainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "An ONNX file.")
    private Path file;

    @Parameters(
            index = "1..*",
            paramLabel = "IMAGE",
            arity = "0..*",
            description = "PNG, JPEG, BMP or TIFF files; or one CSV, for a model over the columns of a table; or one "
                    + ".npz with an array by the name of the model's input.")
    private List<Path> images = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Folder for the heat maps, a picture for each image, or for what is told of rows; with "
                    + "--global the page to write.")
    private Path output;

    private enum Format {
        PNG,
        SVG
    }

    @Option(names = "--format", paramLabel = "FORMAT", description = "Of the maps: png (default) or svg.")
    private Format format;

    @Option(
            names = "--against",
            paramLabel = "MODEL",
            description =
                    "Explain another model by the same draws too, such as the float one that a quantized model was made "
                            + "from, and tell how far the two agree.")
    private Path against;

    @Option(
            names = "--values",
            description =
                    "Also write attributions and standard errors as .npz: beside each picture, and those of groups as "
                            + ".csv; of arrays by element.")
    private boolean values;

    @Option(names = "--absolute", description = "Show how much a pixel mattered, not which way.")
    private boolean absolute;

    @Option(
            names = "--json",
            description = "Print one JSON line per image, with 'error' for one that cannot be read, or per row.")
    private boolean json;

    @Mixin
    private TargetOption target;

    @Mixin
    private MethodOption method;

    @Mixin
    private SamplesOption samples;

    @Mixin
    private BaselinesOption baselines;

    @Mixin
    private RowExplanation rows;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private PixelOption pixels;

    @Mixin
    private SessionOption session;

    @Mixin
    private DataExplanation wholeData;

    @Override
    public Integer call() throws IOException {
        if (method.list()) {
            MethodOption.printMethods();
            return 0;
        }
        SamplingOptions options = samples.options(session.options());
        if (wholeData.asked()) {
            return explainData(options);
        }
        if (images.isEmpty() || output == null) {
            throw new HoneException(
                    "expected images to explain and -o, a folder for their maps: hone explain MODEL IMAGE "
                            + "--baselines DATA -o DIR; or --evaluate DATA, or --global DATA");
        }
        method.check(List.of(method.method()), samples.samples(), options);
        if (against != null && options.error() > 0) {
            throw new HoneException(
                    "--against takes the same draws for both models; give --samples instead of --error");
        }
        Outputs.requireWritableFolder(output);
        if (RowExplanation.takes(images.get(0))) {
            if (against != null || format != null || absolute || baselines.kindGiven()) {
                throw new HoneException(
                        "--against, --format, --absolute and --baselines-by are for images, found rows of "
                                + images.get(0));
            }
            MethodOptions how = method.options(method.method(), options, samples.samples());
            return rows.explain(file, images, baselines, method, how, target, values, output, json);
        }
        rows.refuseWithImages();
        return explainImages();
    }

    private int explainImages() throws IOException {
        Method by = method.method();
        int failed = 0;
        try (Classifier classifier = new Classifier(file, pixels.pixels, session.options());
                ImageAttributors methods = methods(classifier, List.of(by));
                ImageExplainer explainer = new ImageExplainer(classifier, methods, by);
                ReferenceModel twin =
                        against == null ? null : ReferenceModel.open(against, classifier, methods, by, pixels.pixels);
                ConsoleProgressBar progress = new ConsoleProgressBar("explaining", images.size())) {
            MapNames names = new MapNames(output, format == Format.SVG ? "svg" : "png", images);
            ImageExplanation explanation = new ImageExplanation(explainer, classifier, twin, names, method, absolute);
            if (values) {
                explanation.withValues(file, baselines.data());
            }
            List<Integer> wanted = target.of(classifier.input());
            for (Path image : images) {
                try {
                    for (ImageExplanation.Told told : explanation.explain(image, wanted)) {
                        System.out.print(json ? Json.line(told.document()) + System.lineSeparator() : told.text());
                    }
                } catch (HoneException e) {
                    failed++;
                    if (json) {
                        Map<String, Object> line = new LinkedHashMap<>();
                        line.put("image", image.toString());
                        line.put("error", ErrorMessages.line(e));
                        System.out.println(Json.line(line));
                    } else {
                        System.err.println("hone: " + ErrorMessages.line(e));
                    }
                }
                progress.step();
            }
        }
        if (failed > 0 && images.size() > 1) {
            System.err.printf("hone: %d of %d images failed%n", failed, images.size());
        }
        return failed == 0 ? 0 : 2;
    }

    private int explainData(SamplingOptions options) {
        List<Method> judged = wholeData.methods(method);
        method.checkPixels(judged, samples.samples(), options);
        refuseWithData(!images.isEmpty(), "images, found " + images);
        refuseWithData(target.given(), "--class: the true classes, or the verdicts, are explained");
        refuseWithData(rows.given(), "--columns, --feature-groups and --tokens");
        refuseWithData(against != null, "--against; 'hone evaluate --against --report' compares explanations");
        refuseWithData(values, "--values");
        refuseWithData(absolute, "--absolute");
        refuseWithData(format != null, "--format");
        refuseWithData(output != null && !wholeData.isGlobal(), "-o with --evaluate, which prints a table");
        try (Classifier classifier = new Classifier(file, pixels.pixels, session.options());
                ImageAttributors methods = methods(classifier, judged)) {
            System.out.print(
                    wholeData.isGlobal()
                            ? wholeData.global(file, classifier, dataOption, methods, judged.get(0), output, json)
                            : wholeData.evaluate(file, classifier, dataOption, methods, judged, json));
        }
        return 0;
    }

    private static void refuseWithData(boolean given, String what) {
        if (given) {
            throw new HoneException("--evaluate and --global explain a whole data set and take no " + what);
        }
    }

    private ImageAttributors methods(Classifier classifier, List<Method> explained) {
        // Before images are read: a class that there is not is not found after them.
        int contrast = target.contrast(classifier.input());
        BaselineKind by = baselines.by(explained);
        return new ImageAttributors(
                tensor(by, classifier),
                by == BaselineKind.BLURRED,
                method.record(samples),
                session.options(),
                contrast,
                classifier.form());
    }

    private NativeTensor tensor(BaselineKind by, Classifier classifier) {
        if (by.needsData() && baselines.data() == null) {
            throw new HoneException("--baselines is missing: the data whose training images --baselines-by "
                    + by.name().toLowerCase(Locale.ROOT) + " takes; or give --baselines-by blurred or black");
        }
        try (ConsoleProgress progress = new ConsoleProgress()) {
            return ImageBaselines.of(
                    by, classifier, baselines.data(), baselines.count(), dataOption.options(), progress);
        }
    }
}
