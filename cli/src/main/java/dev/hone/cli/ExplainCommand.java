package dev.hone.cli;

import dev.hone.cli.table.TableExplanation;
import dev.hone.explain.ExplainOptions;
import dev.hone.explain.Method;
import dev.hone.explain.MethodOptions;
import dev.hone.graph.HoneException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        header = "Shows which parts of an image led to its verdict, as a heat map over the photograph.",
        description = {
            "",
            "GradientSHAP, the default method: the image is compared with baselines, training images of DATA. Each pixel gets the share of the "
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
            "  hone explain model.onnx part-0017.png --baselines photos -o maps/",
            "  hone explain model.onnx part-0017.png --method grad-cam -o maps/",
            "  hone explain model.onnx part-0017.png --method kernel-shap --superpixels 40 --baselines-by blurred -o maps/",
            "  hone explain model.onnx part-0017.png --baselines photos -o maps/ --error 0.05",
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
            names = "--baselines",
            paramLabel = "DATA",
            description =
                    "Where the images to compare with are taken from: a folder with a folder per class, or a CSV.")
    private Path baselines;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Folder for the heat maps, one PNG per image.")
    private Path output;

    @Option(
            names = "--class",
            split = ",",
            paramLabel = "NAME",
            description =
                    "The class to explain (default: the verdict); several, as in --class crack,dent, in one pass, "
                            + "each with a map of its own.")
    private List<String> targets = List.of();

    @Option(
            names = "--samples",
            paramLabel = "N",
            description =
                    "Gradients per image, or steps, masks, coalitions (default: the method's, of gradient-shap 50; "
                            + "with --error the most, 20000).")
    private Integer samples;

    @Option(
            names = "--error",
            paramLabel = "E",
            description = "Take as many samples as bring the map's relative error down to E, such as 0.05.")
    private double error;

    @Option(
            names = "--baselines-by",
            paramLabel = "KIND",
            description =
                    "sample (default): training images at random; classes: the mean image of each class; medoids: "
                            + "training images that stand for all; blurred: the image without its details; black. The last two "
                            + "take nothing from DATA.")
    private Baselines baselinesBy;

    @Option(
            names = "--baseline-count",
            paramLabel = "N",
            description = "Baselines to draw from DATA (default: ${DEFAULT-VALUE}).")
    private int count = 24;

    @Option(
            names = "--noise",
            paramLabel = "LEVELS",
            description = "Deviation of Gaussian noise on the image, in units of the model's input (default: none).")
    private float noise;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything drawn (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME[=A|B]",
            description =
                    "For tables: the columns that the model takes, in its order. A column of words becomes one number "
                            + "for each category, in sorted order or in the one given after '=' (default: all columns of the "
                            + "baselines).")
    private List<String> columns = List.of();

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

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "For sequences (.npz): what their steps stand for, a line of text for each sequence, its "
                    + "tokens separated by blanks.")
    private Path tokens;

    @Option(names = "--absolute", description = "Show how much a pixel mattered, not which way.")
    private boolean absolute;

    @Option(names = "--json", description = "Print one JSON line per image, with 'error' for one that cannot be read.")
    private boolean json;

    @Mixin
    private MethodOption method;

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
        if (samples != null && samples < 1 || !(noise >= 0) || !(error >= 0)) {
            throw new HoneException("--samples " + samples + ", --noise " + noise + ", --error " + error
                    + ": expected 1 or more samples, noise and error of 0 or more");
        }
        if (wholeData.asked()) {
            return explainData();
        }
        if (images.isEmpty() || output == null) {
            throw new HoneException(
                    "expected images to explain and -o, a folder for their maps: hone explain MODEL IMAGE "
                            + "--baselines DATA -o DIR; or --evaluate DATA, or --global DATA");
        }
        method.check(List.of(method.method()), samples, options());
        if (against != null && error > 0) {
            throw new HoneException(
                    "--against takes the same draws for both models; give --samples instead of --error");
        }
        Outputs.requireWritableFolder(output);
        String first = images.get(0).toString().toLowerCase(Locale.ROOT);
        if (first.endsWith(".csv") || first.endsWith(".npz")) {
            return explainRows(first.endsWith(".csv"));
        }
        if (tokens != null) {
            throw new HoneException("--tokens names the steps of sequences (.npz), found images");
        }
        return explainImages();
    }

    private int explainImages() throws IOException {
        Method by = method.method();
        int failed = 0;
        try (Classifier classifier = new Classifier(file, pixels, session.options());
                ImageMethods methods = methods(classifier, List.of(by));
                Explainer explainer = new Explainer(file, classifier, methods, by);
                Twin twin = against == null ? null : Twin.open(against, classifier, methods, by, pixels);
                Progress progress = new Progress("explaining", images.size())) {
            MapNames names = new MapNames(output, format == Format.SVG ? "svg" : "png", images);
            ImageExplanation explanation = new ImageExplanation(explainer, classifier, twin, names, method, absolute);
            if (values) {
                explanation.withValues(file, baselines);
            }
            List<Integer> wanted = targets.isEmpty()
                    ? List.of(-1)
                    : targets.stream().map(classifier.input()::index).toList();
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
                        line.put("error", Failures.line(e));
                        System.out.println(Json.line(line));
                    } else {
                        System.err.println("hone: " + Failures.line(e));
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

    private int explainData() {
        List<Method> judged = wholeData.methods(method);
        method.checkPixels(judged, samples, options());
        refuseWithData(!images.isEmpty(), "images, found " + images);
        refuseWithData(!targets.isEmpty(), "--class: the true classes, or the verdicts, are explained");
        refuseWithData(!columns.isEmpty(), "--columns");
        refuseWithData(against != null, "--against; 'hone evaluate --against --report' compares explanations");
        refuseWithData(values, "--values");
        refuseWithData(tokens != null, "--tokens");
        refuseWithData(absolute, "--absolute");
        refuseWithData(format != null, "--format");
        refuseWithData(output != null && !wholeData.isGlobal(), "-o with --evaluate, which prints a table");
        try (Classifier classifier = new Classifier(file, pixels, session.options());
                ImageMethods methods = methods(classifier, judged)) {
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

    private ImageMethods methods(Classifier classifier, List<Method> explained) {
        Baselines asked = baselinesBy == null ? Baselines.SAMPLE : baselinesBy;
        Baselines by = asked.without(baselines, explained);
        return new ImageMethods(
                by.tensor(classifier, dataOption, baselines, count),
                by == Baselines.BLURRED,
                method,
                options(),
                samples,
                classifier.form());
    }

    private ExplainOptions options() {
        ExplainOptions options =
                ExplainOptions.defaults().withSeed(seed).withNoise(noise).withSession(session.options());
        options = error > 0 ? options.withError(error) : options;
        return samples != null ? options.withSamples(samples) : options;
    }

    private int explainRows(boolean table) throws IOException {
        Method by = method.method();
        boolean compares = table || by.compares() == Method.Compares.ALL;
        if (images.size() > 1 || baselines == null && compares) {
            throw new HoneException("rows are explained a file at a time"
                    + (compares ? " and against those of another" : "")
                    + ": hone explain MODEL rows.csv --baselines training.csv -o DIR; or the same with .npz");
        }
        method.refuseOptionsOfImages();
        if (against != null || format != null || absolute || baselinesBy != null) {
            throw new HoneException("--against, --format, --absolute and --baselines-by are for images, found rows of "
                    + images.get(0));
        }
        Path rows = images.get(0);
        for (String name : List.of("attributions.csv", "importance.csv", "attributions.npz")) {
            Outputs.requireWritable(output.resolve(name), file, rows, baselines, tokens);
        }
        MethodOptions how = method.options(by, options(), samples);
        List<Path> written;
        List<Object> zero = new ArrayList<>();
        try (Progress progress = new Progress("explaining rows", 0)) {
            Consumer<Map<String, Object>> each = row -> {
                progress.step();
                if (row.containsKey("zero")) {
                    zero.add(row.get("zero"));
                }
                if (json) {
                    System.out.println(Json.line(row));
                }
            };
            if (table) {
                method.requireSums();
                if (tokens != null || values) {
                    throw new HoneException("--tokens and --values are for arrays (.npz), found the table " + rows);
                }
                written = new TableExplanation(file, baselines, columns, by, how)
                        .run(rows, count, targetIndex(), output, each);
            } else {
                written = new ArrayExplanation(file, by, how, tokens, values)
                        .run(rows, baselines, count, targetIndex(), output, each);
            }
        }
        if (!json) {
            written.forEach(System.out::println);
        }
        if (!zero.isEmpty()) {
            System.err.printf(
                    "note: the attributions of %d %s are zero: %s%n",
                    zero.size(), zero.size() == 1 ? "row" : "rows", zero.get(0));
        }
        return 0;
    }

    private int targetIndex() {
        if (targets.isEmpty()) {
            return -1;
        }
        if (targets.size() > 1) {
            throw new HoneException("--class " + String.join(",", targets)
                    + ": rows are explained one class at a time; give one, or none for that of each row's verdict");
        }
        if (!targets.get(0).matches("\\d{1,9}")) {
            throw new HoneException("--class " + targets.get(0) + ": for rows, give the index of the class, from 0");
        }
        return Integer.parseInt(targets.get(0));
    }
}
