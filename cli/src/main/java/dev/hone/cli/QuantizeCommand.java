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
import dev.hone.core.HoneException;
import dev.hone.data.DataSet;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.Json;
import dev.hone.jobs.NumpyInputs;
import dev.hone.jobs.Outputs;
import dev.hone.model.Cards;
import dev.hone.model.Classifier;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
        MEASURED(CalibrationMethod.MEASURED),
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
            description =
                    "How ranges are chosen: ${COMPLETION-CANDIDATES} (default: measured, whichever of the others keeps the "
                            + "model's output closest to float on calibration images).")
    private Method method;

    @Option(
            names = "--percentile",
            paramLabel = "P",
            description =
                    "Share of values to keep, in percent; ranges are then chosen by --calibration percentile (default there, "
                            + "and for measured: 99.99).")
    private Double percentile;

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

    @Spec
    private CommandSpec spec;

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
        format.check(spec.commandLine().getParseResult());
        Outputs.requireWritable(output, file, data, format.inputs);
        if (format.method != FormatOption.Method.STATIC && format.method != FormatOption.Method.QAT) {
            return new Conversions(format, keepFloat, calibration(), guard).run(file, output, json);
        }
        if ((data == null) == (format.inputs == null)) {
            throw new HoneException("--method " + format.words()
                    + " needs calibration data; add --calibrate DATA, or for a model that takes no images --inputs "
                    + "FILE.npz, or choose another --method");
        }
        QuantizedModel result = run(file, data, output);
        if (json) {
            System.out.println(Json.document(result.document(output)));
        } else {
            result.print(output);
        }
        return 0;
    }

    private Method calibrationMethod() {
        return method != null ? method : percentile != null ? Method.PERCENTILE : Method.MEASURED;
    }

    private QuantizeOptions ranges() {
        QuantizeOptions options = QuantizeOptions.defaults().withMethod(calibrationMethod().method);
        return percentile == null ? options : options.withPercentile(percentile);
    }

    private QuantizedModel run(Path from, Path calibration, Path to) throws IOException {
        Outputs.requireWritable(to, from);
        requirePlausible();
        Model parent = OnnxReader.read(from);
        QuantizeOptions options = ranges().withKeepFloat(keepFloat)
                .withCorrectBias(!guard.plainBias)
                .withAdaptiveRounding(format.rounding == FormatOption.RoundingName.ADAPTIVE)
                .withSession(session.options());
        if (weightBits != null) {
            options = options.withReduceRange(weightBits == 7);
        }
        QuantizationResult quantized;
        PlanReport report = null;
        AccuracyGuard.Guarded guarded = null;
        DataSet taught = format.method == FormatOption.Method.QAT ? taught(from, calibration) : null;
        try (ConsoleProgressBar progress = new ConsoleProgressBar("quantizing", 0)) {
            ProgressListener listener = (step, done) -> {
                progress.note(step);
                progress.to(done);
            };
            Parts parts = calibration == null
                    ? quantized(parent, new NumpyInputs(format.inputs), options, listener)
                    : quantized(parent, from, calibration, options, listener);
            quantized = parts.quantized;
            report = parts.report;
            guarded = parts.guarded;
        }
        QuantizationAwareTraining.Outcome learned = null;
        if (taught != null) {
            try (Classifier classifier = new Classifier(from, pixels.pixels, session.options())) {
                learned = qat.train(quantized, classifier, dataOption, taught, session.options());
                quantized = learned.quantization();
                guarded = judged(parent, quantized, classifier, calibration);
            }
        }
        Cards.derived(
                quantized.model(),
                from,
                List.of(
                        "quantize",
                        "--method",
                        format.words(),
                        "--calibration",
                        calibrationMethod().name().toLowerCase(java.util.Locale.ROOT),
                        "--images",
                        "" + images));
        OnnxWriter.write(quantized.model(), to);
        if (page != null) {
            PlanPage.of(from, report, guarded, quantized, session.options().threads())
                    .write(page);
        }
        Audit audit = Audit.of(Files.readAllBytes(to), session.options());
        return new QuantizedModel(
                quantized, report, guarded, learned, audit, ModelFiles.size(to), ModelFiles.size(from));
    }

    private DataSet taught(Path from, Path calibration) {
        try (Classifier classifier = new Classifier(from, pixels.pixels, session.options())) {
            return QatOption.taught(classifier, dataOption, calibration, from);
        }
    }

    /** Whether a trained model holds the goal; null where none was set. */
    private AccuracyGuard.Guarded judged(
            Model parent, QuantizationResult trained, Classifier classifier, Path calibration) {
        CalibrationFeeds source =
                CalibrationFeeds.of(parent, new CalibrationImages(classifier, dataOption, calibration, images));
        try (AccuracyGuard.Metric metric =
                guard.metric(parent, source, classifier, dataOption, calibration, session.options())) {
            return metric == null ? null : AccuracyGuard.judge(parent, trained, metric, guard.points);
        }
    }

    private record Parts(QuantizationResult quantized, PlanReport report, AccuracyGuard.Guarded guarded) {}

    /** With images of a data set, on which a classifier can be judged too. */
    private Parts quantized(
            Model parent, Path from, Path calibration, QuantizeOptions options, ProgressListener listener) {
        try (Classifier classifier = new Classifier(from, pixels.pixels, session.options())) {
            CalibrationImages source = new CalibrationImages(classifier, dataOption, calibration, images);
            CalibrationFeeds feeds = CalibrationFeeds.of(parent, source);
            // Before any long work: data that do not fit are found at once.
            try (AccuracyGuard.Metric metric =
                    guard.metric(parent, feeds, classifier, dataOption, calibration, session.options())) {
                return quantized(parent, feeds, options, metric, listener);
            }
        }
    }

    private Parts quantized(Model parent, CalibrationFeeds source, QuantizeOptions options, ProgressListener listener) {
        try (AccuracyGuard.Metric metric = guard.metric(parent, source, null, null, null, session.options())) {
            return quantized(parent, source, options, metric, listener);
        }
    }

    /** @param metric what is to be held, or null; training comes first, where it was asked for */
    private Parts quantized(
            Model parent,
            CalibrationFeeds source,
            QuantizeOptions options,
            AccuracyGuard.Metric metric,
            ProgressListener listener) {
        Model model = guard.prepared(parent, source, session.options());
        QuantizationResult quantized;
        PlanReport report = null;
        if (plan == PlanKind.ALL) {
            quantized = Quantizer.quantize(model, source, options, listener);
        } else {
            MeasuredResult result = MeasuredQuantizer.quantize(model, source, options, listener);
            quantized = result.quantization();
            report = result.report();
        }
        if (metric == null || format.method == FormatOption.Method.QAT) {
            return new Parts(quantized, report, null);
        }
        AccuracyGuard.Guarded guarded = AccuracyGuard.hold(quantized, metric, guard.points, source, listener);
        QuantizationResult kept = report == null || guarded.returned().isEmpty()
                ? guarded.quantization()
                : MeasuredQuantizer.notSlower(guarded.quantization(), source, options);
        return new Parts(kept, report, guarded);
    }

    private void requirePlausible() {
        if (guard.points != null && guard.needsLabels() && data == null) {
            throw new HoneException("--metric " + guard.measure.name().toLowerCase(java.util.Locale.ROOT)
                    + " is judged on labelled images; add --calibrate DATA in the place of --inputs, or choose --metric "
                    + "cosine or snr");
        }
        guard.check();
        qat.check();
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
            try (Classifier classifier = new Classifier(file, pixels.pixels, session.options())) {
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
