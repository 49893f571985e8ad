package dev.hone.cli;

import dev.hone.compress.half.ActivationRanges;
import dev.hone.compress.half.HalfFormat;
import dev.hone.compress.half.HalfOptions;
import dev.hone.compress.quantize.AccuracyGuard;
import dev.hone.compress.quantize.CalibrationFeeds;
import dev.hone.compress.quantize.QuantizationResult;
import dev.hone.compress.stream.Converter;
import dev.hone.compress.stream.Converter.Converted;
import dev.hone.compress.stream.Format;
import dev.hone.compress.stream.StreamListener;
import dev.hone.compress.weights.DynamicInt8;
import dev.hone.compress.weights.InputStatistics;
import dev.hone.compress.weights.WeightOnly;
import dev.hone.core.HoneException;
import dev.hone.core.text.Figures;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxReader;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.jobs.Json;
import dev.hone.model.Cards;
import dev.hone.model.ModelFiles;
import dev.hone.runtime.Cpu;
import dev.hone.runtime.SessionOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** Brings models into the forms of {@code hone quantize} that are made tensor by tensor. */
final class Conversions {
    /** From this size on tensors are streamed from file to file. */
    private static final long STREAMED_FROM = 1_000_000_000;

    /** So many nodes that were left alone are named. */
    private static final int NAMED = 10;

    private final FormatOption options;
    private final Set<String> keepFloat;
    private final Calibration calibration;
    private final GuardOption guard;

    /** Opens the data that the user named. */
    interface Calibration {
        <T> T run(BiFunction<CalibrationFeeds, SessionOptions, T> use) throws IOException;
    }

    /** @param calibration null where the user named no data */
    Conversions(FormatOption options, Set<String> keepFloat, Calibration calibration, GuardOption guard) {
        this.options = options;
        this.keepFloat = keepFloat;
        this.calibration = calibration;
        this.guard = guard;
    }

    int run(Path from, Path to, boolean json) throws IOException {
        long parentBytes = ModelFiles.size(from);
        boolean streamed = options.externalData || parentBytes > STREAMED_FROM;
        requireJudgeable(from, streamed);
        Format format = format(from, streamed);
        Converted converted = streamed ? stream(from, to, format) : convert(from, to, format);
        AccuracyGuard.Guarded judged = guard.points == null ? null : judged(from, to);
        long bytes = ModelFiles.size(to);
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("file", to.toString());
            document.put("bytes", bytes);
            document.put("parentBytes", parentBytes);
            document.put("format", format.description());
            document.put("tensors", converted.tensors());
            document.put("leftAlone", converted.left());
            if (judged != null) {
                document.put("guard", GuardOption.document(judged));
            }
            System.out.println(Json.document(document));
        } else {
            System.out.printf(
                    Locale.ROOT,
                    "%s  %s, %.1f %% of %s%n",
                    to,
                    Figures.bytes(bytes),
                    100.0 * bytes / parentBytes,
                    Figures.bytes(parentBytes));
            System.out.println(converted.tensors() + " tensors: " + format.description());
            if (judged != null) {
                System.out.println(judged.verdict());
            }
            converted.left().entrySet().stream()
                    .limit(NAMED)
                    .forEach(left -> System.out.println("  left alone: " + left.getKey() + ": " + left.getValue()));
            if (converted.left().size() > NAMED) {
                System.out.println("  and " + (converted.left().size() - NAMED) + " more, which --json names");
            }
        }
        return 0;
    }

    private Format format(Path from, boolean streamed) throws IOException {
        return switch (options.method) {
            case STATIC, QAT -> throw new IllegalStateException("static quantization is no conversion of tensors");
            case DYNAMIC -> new DynamicInt8(!Cpu.here().instructions().exact(), true);
            case WEIGHTS -> weights(from, streamed);
            case FP16 -> half(HalfOptions.float16(), from, streamed);
            case BF16 -> half(HalfOptions.bfloat16(), from, streamed);
        };
    }

    private void requireJudgeable(Path from, boolean streamed) {
        guard.check();
        if (guard.points == null) {
            return;
        }
        if (guard.needsLabels() || calibration == null) {
            throw new HoneException(
                    "--max-drop is judged without labels for --method " + options.words()
                            + "; add --metric cosine or snr, and inputs to compare on by --inputs FILE.npz or --calibrate DATA");
        }
        requireInMemory(from, streamed, "--max-drop", "leave it out");
    }

    /** How close the model is to float; it is written whatever the verdict. */
    private AccuracyGuard.Guarded judged(Path from, Path to) throws IOException {
        Model floats = OnnxReader.read(from);
        Model made = OnnxReader.read(to);
        return calibration.run((feeds, session) -> {
            try (AccuracyGuard.Metric metric = guard.unlabelled(floats, feeds, session)) {
                return AccuracyGuard.judge(
                        floats, new QuantizationResult(made, 0, 0, Map.of(), null), metric, guard.points);
            }
        });
    }

    private Format weights(Path from, boolean streamed) throws IOException {
        if (options.rounding != FormatOption.RoundingName.GPTQ) {
            return new WeightOnly(options.weights());
        }
        if (calibration == null) {
            throw new HoneException(
                    "--rounding gptq needs calibration data; add --calibrate DATA or --inputs FILE.npz, or choose hqq");
        }
        requireInMemory(from, streamed, "--rounding gptq", "choose nearest or hqq");
        Model model = OnnxReader.read(from);
        return new WeightOnly(
                options.weights(),
                calibration.run((feeds, session) -> InputStatistics.collect(model, options.weights(), feeds, session)));
    }

    private Format half(HalfOptions defaults, Path from, boolean streamed) throws IOException {
        HalfOptions half = defaults.withKeepInterface(!options.halfInterface).withKeepFloat(keepFloat);
        if (options.compute != null) {
            half = half.withComputes(options.compute == FormatOption.Compute.HALF);
        }
        if (calibration != null) {
            requireInMemory(from, streamed, "--calibrate", "leave it out");
            Model model = OnnxReader.read(from);
            half = half.withLargest(
                    calibration.run((feeds, session) -> ActivationRanges.collect(model, feeds, session)));
        }
        return new HalfFormat(half);
    }

    private static void requireInMemory(Path from, boolean streamed, String option, String advice) {
        if (streamed) {
            throw new HoneException(
                    option + " runs the model in memory, but the tensors of " + from + " are streamed; " + advice);
        }
    }

    private Converted convert(Path from, Path to, Format format) {
        Model model = OnnxReader.read(from);
        try (Listener listener = new Listener()) {
            Converted converted = Converter.convert(model, format, listener);
            mark(model, from);
            OnnxWriter.write(model, to);
            return converted;
        }
    }

    private Converted stream(Path from, Path to, Format format) {
        try (Listener listener = new Listener()) {
            InterruptHandler.onFirst(() -> listener.stopped = true);
            return Converter.convert(from, to, format, model -> mark(model, from), listener);
        }
    }

    private void mark(Model model, Path from) {
        Cards.derived(model, from, List.of("quantize", "--method", options.words()));
    }

    /** Shows megabytes, and how many of them a second. */
    private static final class Listener implements StreamListener, AutoCloseable {
        private static final long MEGABYTE = 1_000_000;

        private final long begin = System.nanoTime();
        private ConsoleProgressBar progress;
        private long before;
        private volatile boolean stopped;

        @Override
        public void progress(long done, long total) {
            if (progress == null) {
                progress = new ConsoleProgressBar("MB read", total / MEGABYTE);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            progress.note(String.format(Locale.ROOT, "%.0f MB/s", (done - before) / 1e6 / seconds));
            progress.to(done / MEGABYTE);
        }

        @Override
        public void resumed(long done, long total) {
            before = done;
            System.err.printf(
                    Locale.ROOT,
                    "going on after %s of %s that an earlier run finished%n",
                    Figures.bytes(done),
                    Figures.bytes(total));
        }

        @Override
        public boolean stops() {
            return stopped;
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}
