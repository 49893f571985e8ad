package dev.hone.cli;

import dev.hone.compress.qat.QuantizationAwareTraining;
import dev.hone.compress.quantize.AccuracyGuard;
import dev.hone.compress.quantize.Audit;
import dev.hone.compress.quantize.CalibrationFeeds;
import dev.hone.compress.quantize.CalibrationMethod;
import dev.hone.compress.quantize.MeasuredQuantizer;
import dev.hone.compress.quantize.MeasuredResult;
import dev.hone.compress.quantize.PlanReport;
import dev.hone.compress.quantize.ProgressListener;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.quantize.QuantizeOptions;
import dev.hone.compress.quantize.Quantizer;
import dev.hone.graph.HoneException;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "quantize",
        header = "Makes a model of 8-bit integers: about a quarter of the size, and faster where integer kernels are.",
        description = {
            "",
            "A few images show which values the activations take; the training images of DATA are used, never its test "
                    + "images. Afterwards the runtime is asked what it really runs in integers, and whatever was left in "
                    + "float is named.",
            "",
            "With --plan measured, the default, the parts of the network are timed in float and in integers on this "
                    + "machine, and only what is faster becomes integer; a model that is not faster at all stays as it "
                    + "is. --plan all makes integer what can be.",
            "",
            "Example:",
            "  hone quantize model.onnx --calibrate photos -o model.int8.onnx --report plan.html",
            "  hone quantize model.onnx --calibrate photos -o model.int8.onnx --max-drop 0.3",
            "  hone quantize model.onnx --calibrate photos -o model.int8.onnx --method qat --plan all",
            "  hone evaluate model.onnx photos --against model.int8.onnx",
            "  hone quantize language.onnx --method weights --bits 4 --rounding hqq -o language.int4.onnx",
            ""
        })
final class QuantizeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "An ONNX file with float weights.")
    private Path file;

    @Option(
            names = "--calibrate",
            paramLabel = "DATA",
            description = "A folder with a folder per class, or a CSV. Needed for --method static and --rounding gptq.")
    private Path data;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "Where the quantized model goes.")
    private Path output;

    /** Names of the calibration methods on the command line. */
    enum Method {
        MINMAX(CalibrationMethod.MIN_MAX),
        PERCENTILE(CalibrationMethod.PERCENTILE),
        ENTROPY(CalibrationMethod.ENTROPY),
        MSE(CalibrationMethod.MEAN_SQUARED_ERROR);

        private final CalibrationMethod method;

        Method(CalibrationMethod method) {
            this.method = method;
        }
    }

    @Option(
            names = "--calibration",
            paramLabel = "METHOD",
            description = "How ranges are chosen: ${COMPLETION-CANDIDATES} (default: percentile).")
    private Method method = Method.PERCENTILE;

    @Option(
            names = "--percentile",
            paramLabel = "P",
            description =
                    "Share of values to keep, in percent, for --calibration percentile (default: ${DEFAULT-VALUE}).")
    private double percentile = 99.99;

    @Option(names = "--images", paramLabel = "N", description = "Calibration images (default: ${DEFAULT-VALUE}).")
    private int images = 128;

    @Option(
            names = "--keep-float",
            paramLabel = "NODE",
            split = ",",
            description = "Names of nodes to leave in float ('hone show --nodes' lists them).")
    private Set<String> keepFloat = Set.of();

    /** Names of the plans on the command line. */
    enum PlanKind {
        MEASURED,
        ALL
    }

    @Option(
            names = "--plan",
            paramLabel = "PLAN",
            description = "What becomes integer: measured (what is faster here; the default) or all.")
    private PlanKind plan = PlanKind.MEASURED;

    @Option(names = "--report", paramLabel = "FILE.html", description = "Where a page about the measured plan goes.")
    private Path page;

    @Option(
            names = "--weight-bits",
            paramLabel = "N",
            description =
                    "7 or 8 bits of weights. Default: 8, but 7 where the processor saturates sums of 8-bit products.")
    private Integer weightBits;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Mixin
    private FormatOption format;

    @Mixin
    private GuardOption guard = new GuardOption();

    @Mixin
    private QatOption qat = new QatOption();

    @Mixin
    private DataOption dataOption;

    @Mixin
    private PixelOption pixels;

    @Mixin
    private SessionOption session;

    @Override
    public Integer call() throws IOException {
        Outputs.requireWritable(output, file, data, format.inputs);
        if (format.method != FormatOption.Method.STATIC && format.method != FormatOption.Method.QAT) {
            return new Conversions(format, keepFloat, calibration()).run(file, output, json);
        }
        if (data == null) {
            throw new HoneException("--method " + format.words()
                    + " needs calibration images; add --calibrate DATA, or choose another --method");
        }
        Result result = run(file, data, output);
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("file", output.toString());
            document.put("bytes", result.bytes);
            document.put("parentBytes", result.parentBytes);
            document.put("integerNodes", result.audit.integerNodes());
            document.put(
                    "leftInFloat",
                    result.unintended().stream().map(Audit.Finding::toString).toList());
            document.put("leftOnPurpose", result.quantization.left());
            if (result.plan != null) {
                document.put("plan", PlanText.document(result.plan));
            }
            if (result.learned != null) {
                document.put("training", QatOption.document(result.learned));
            }
            if (result.guarded != null) {
                document.put("guard", GuardOption.document(result.guarded));
            }
            System.out.println(Json.document(document));
        } else {
            System.out.printf(
                    "%s  %s, %.0f %% of %s%n",
                    output,
                    Sizes.text(result.bytes),
                    100.0 * result.bytes / result.parentBytes,
                    Sizes.text(result.parentBytes));
            if (result.plan != null) {
                System.out.println(PlanText.table(result.plan));
            }
            if (result.learned != null) {
                System.out.println(result.learned.summary());
            }
            if (result.guarded != null) {
                System.out.println(result.guarded.verdict());
                GuardOption.lines(result.guarded).forEach(System.out::println);
            }
            System.out.println(
                    result.isMixed()
                            ? result.audit.integerNodes() + " nodes compute in integers"
                            : result.audit.summary());
            result.unintended().forEach(finding -> System.out.println("  in float: " + finding));
            result.quantization
                    .left()
                    .forEach((node, reason) -> System.out.println("  left alone: " + node + ": " + reason));
        }
        return 0;
    }

    /**
     * @param plan null where none was measured
     * @param guarded null where accuracy was not asked for
     * @param learned null where nothing was trained
     */
    private record Result(
            QuantizationResult quantization,
            PlanReport plan,
            AccuracyGuard.Guarded guarded,
            QuantizationAwareTraining.Outcome learned,
            Audit audit,
            long bytes,
            long parentBytes) {
        /** Whether something was left in float on purpose: because that is faster, or because the guard returned it. */
        boolean isMixed() {
            return plan != null && !plan.isAllIntegers()
                    || guarded != null && !guarded.returned().isEmpty();
        }

        /** What the runtime leaves in float though it was meant to be integer; between the two it converts on purpose. */
        List<Audit.Finding> unintended() {
            return isMixed() ? List.of() : audit.left();
        }
    }

    private Result run(Path from, Path calibration, Path to) throws IOException {
        Outputs.requireWritable(to, from);
        requirePlausible();
        Model parent = OnnxReader.read(from);
        QuantizeOptions options = QuantizeOptions.defaults()
                .withMethod(method.method)
                .withPercentile(percentile)
                .withKeepFloat(keepFloat)
                .withCorrectBias(!guard.plainBias)
                .withSession(session.options());
        if (weightBits != null) {
            options = options.withReduceRange(weightBits == 7);
        }
        QuantizationResult quantized;
        PlanReport report = null;
        AccuracyGuard.Guarded guarded = null;
        try (Classifier classifier = new Classifier(from, pixels, session.options());
                Progress progress = new Progress("quantizing", 0)) {
            CalibrationImages source = new CalibrationImages(classifier, dataOption, calibration, images);
            ProgressListener listener = (step, done) -> {
                progress.note(step);
                progress.to(done);
            };
            Model model = guard.prepared(parent, source, session.options());
            if (plan == PlanKind.ALL) {
                quantized = Quantizer.quantize(model, source, options, listener);
            } else {
                MeasuredResult result = MeasuredQuantizer.quantize(model, source, options, listener);
                quantized = result.quantization();
                report = result.report();
            }
            if (guard.points != null) {
                AccuracyGuard.Metric metric = guard.metric(classifier, dataOption, calibration, session.options());
                guarded = AccuracyGuard.hold(quantized, metric, guard.points, source, listener);
                quantized = guarded.quantization();
            }
        }
        QuantizationAwareTraining.Outcome learned = null;
        if (format.method == FormatOption.Method.QAT) {
            try (Classifier classifier = new Classifier(from, pixels, session.options())) {
                learned = qat.train(quantized, classifier, dataOption, calibration, from, session.options());
            }
            quantized = learned.quantization();
        }
        Cards.derived(
                quantized.model(),
                from,
                List.of(
                        "quantize",
                        "--method",
                        format.words(),
                        "--calibration",
                        method.name().toLowerCase(java.util.Locale.ROOT),
                        "--images",
                        "" + images));
        OnnxWriter.write(quantized.model(), to);
        if (page != null) {
            PlanPage.of(from, report, session.options().threads()).write(page);
        }
        Audit audit = Audit.of(Files.readAllBytes(to), session.options());
        return new Result(quantized, report, guarded, learned, audit, Sizes.ofModel(to), Sizes.ofModel(from));
    }

    private void requirePlausible() {
        guard.check();
        qat.check();
        if (format.method == FormatOption.Method.QAT && guard.points != null) {
            throw new HoneException("--max-drop returns layers to float and --method qat trains them; choose one");
        }
        if (weightBits != null && weightBits != 7 && weightBits != 8) {
            throw new HoneException("--weight-bits " + weightBits + ", expected 7 or 8");
        }
        if (page != null) {
            if (plan == PlanKind.ALL) {
                throw new HoneException("--report shows a measured plan; leave --plan all out");
            }
            Outputs.requireWritable(page, file, data, output);
        }
    }

    /** The data that the user named, or null. */
    private Conversions.Calibration calibration() {
        if (format.inputs != null && data != null) {
            throw new HoneException("both --calibrate and --inputs are given; name one of them");
        }
        return data != null ? new Images() : format.inputs != null ? new Arrays() : null;
    }

    private final class Arrays implements Conversions.Calibration {
        @Override
        public <T> T run(BiFunction<CalibrationFeeds, SessionOptions, T> use) throws IOException {
            return use.apply(new NumpyInputs(format.inputs), session.options());
        }
    }

    /** The calibration images, for forms that look at them. */
    private final class Images implements Conversions.Calibration {
        @Override
        public <T> T run(BiFunction<CalibrationFeeds, SessionOptions, T> use) {
            try (Classifier classifier = new Classifier(file, pixels, session.options())) {
                CalibrationImages source = new CalibrationImages(classifier, dataOption, data, images);
                return use.apply(CalibrationFeeds.of(classifier.input().name(), source), session.options());
            }
        }
    }

    /** Makes integer what can be, for the demonstration. */
    static void quantize(Path from, Path data, Path to, DataOption dataOption, SessionOption session)
            throws IOException {
        QuantizeCommand command = new QuantizeCommand();
        command.dataOption = dataOption;
        command.pixels = new PixelOption();
        command.session = session;
        command.plan = PlanKind.ALL;
        command.format = new FormatOption();
        command.run(from, data, to);
    }
}
