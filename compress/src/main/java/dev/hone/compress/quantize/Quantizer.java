package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationData;
import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.rewrite.Match;
import dev.hone.graph.rewrite.Passes;
import dev.hone.graph.rewrite.RewriteRule;
import dev.hone.graph.rewrite.RewriteRules;
import dev.hone.runtime.Cpu;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Static quantization to 8-bit integers: activations as unsigned bytes with a zero point, weights as signed bytes with a
 * quantization scale per output channel. That is the one form that integer kernels of x86 processors run fast.
 */
public final class Quantizer {
    /** The key of {@code metadata_props} that says what was done. */
    public static final String METADATA_KEY = "hone.quantization";

    /** The key of {@code metadata_props} that says for which processor the integers were made. */
    public static final String INSTRUCTIONS_KEY = "hone.quantization.cpu";

    private Quantizer() {}

    /**
     * @param model an FP32 model with one input; it is not changed
     * @param data images in the form of the model's input
     * @throws CompressionException if the model is quantized already, holds numbers that are not finite, has nothing to
     *     quantize, or if there are no images
     */
    public static QuantizationResult quantize(
            Model model, CalibrationData data, QuantizerOptions options, Progress progress) {
        return quantize(model, CalibrationFeeds.of(model, data), options, progress);
    }

    /** The same for a model with any number of inputs. */
    public static QuantizationResult quantize(
            Model model, CalibrationFeeds data, QuantizerOptions options, Progress progress) {
        Calibrated calibrated = calibrate(model, data, options, progress);
        return write(model, calibrated, options.keepFp32());
    }

    /**
     * What it takes to write a model in INT8, by any plan.
     *
     * @param scales of all values that may become bytes, by name
     * @param rounded weights that are on their levels already, by the name of the layer's output
     * @param shifts what rounding the weights adds to each output channel on average, by the name of the layer's output
     * @param images how many the ranges were taken from
     */
    record Calibrated(
            Map<String, Scale> scales,
            Map<String, Tensor> rounded,
            Map<String, float[]> shifts,
            long images,
            QuantizerOptions options) {}

    static Calibrated calibrate(Model model, CalibrationFeeds data, QuantizerOptions asked, Progress progress) {
        QuantizedForm.reject(model.graph());
        Model copy = prepare(model);
        Graph graph = copy.graph();
        Plan.requireNodes(graph, asked.keepFp32());
        Plan plan = plan(graph, asked, Set.of());
        if (plan.kernels().isEmpty()) {
            throw new CompressionException("nothing to quantize: " + whyNothing(plan));
        }
        plan.kernels().stream()
                .filter(node -> Traits.of(node) == Traits.Trait.WEIGHTED)
                .forEach(QuantizedWeights::requireFinite);
        Set<Value> measured = new LinkedHashSet<>(plan.quantized());
        measured.removeIf(value -> isGate(value, plan));
        Calibrator.Calibration calibration = Calibrator.run(copy, measured, data, asked, progress);
        Function<CalibrationMethod, Map<String, Scale>> ranges =
                method -> scales(plan, calibration.histograms(), asked.withMethod(method));
        CalibrationMethod method = asked.method() != CalibrationMethod.MEASURED
                ? asked.method()
                : CalibrationSelection.winner(
                        model,
                        data,
                        asked,
                        by -> write(
                                        model,
                                        new Calibrated(
                                                ranges.apply(by), Map.of(), Map.of(), calibration.images(), asked),
                                        asked.keepFp32())
                                .model(),
                        progress);
        QuantizerOptions options = asked.withMethod(method);
        Map<String, Scale> scales = ranges.apply(method);
        Map<String, Tensor> rounded =
                options.adaptiveRounding() ? AdaptiveRounding.solve(copy, plan, data, options, progress) : Map.of();
        Map<String, float[]> shifts =
                options.correctBias() ? BiasShifts.measure(copy, plan, rounded, data, options, progress) : Map.of();
        return new Calibrated(scales, rounded, shifts, calibration.images(), options);
    }

    /**
     * Writes a model in INT8.
     *
     * @param model the FP32 model, which stays as it is
     * @param keepFp32 nodes that stay in FP32, by the name of their output
     */
    static QuantizationResult write(Model model, Calibrated calibrated, Set<String> keepFp32) {
        Model prepared = prepare(model);
        Graph graph = prepared.graph();
        QuantizerOptions options = calibrated.options.withKeepFp32(keepFp32);
        Plan plan = plan(graph, options, Set.of());
        AdaptiveRounding.apply(graph, plan, calibrated.rounded);
        Map<Node, Origin.Floats> floats = write(graph, plan, calibrated.scales, calibrated.shifts, options);
        Map<String, String> left = new TreeMap<>();
        plan.left().forEach((node, reason) -> left.put(node.label(), reason));
        Passes.named("remove-dead-code").run(prepared);
        graph.uniqueNames();
        prepared.metadata().put(METADATA_KEY, describe(options, calibrated.images));
        prepared.metadata().put(INSTRUCTIONS_KEY, Cpu.here().describe());
        return new QuantizationResult(
                prepared,
                calibrated.images,
                plan.kernels().size(),
                left,
                new Origin(model, calibrated, Set.copyOf(keepFp32), floats));
    }

    /**
     * The value whose elements {@link StridedConvToBlocks} only moves: they have the same range, whether a plan moves
     * them or not.
     */
    private static Value unmoved(Value value) {
        Node producer = value.producer();
        return producer != null && producer.is("SpaceToDepth") ? producer.input(0) : value;
    }

    /**
     * @param scales of all values that the plan makes bytes, by name
     * @param shifts that biases make up for, by the name of the layer's output
     * @return the weights that were rounded
     */
    static Map<Node, Origin.Floats> write(
            Graph graph, Plan plan, Map<String, Scale> scales, Map<String, float[]> shifts, QuantizerOptions options) {
        for (Node node : plan.kernels()) {
            BiasShifts.correct(node, shifts.get(node.output().name()));
        }
        for (Node node : plan.kernels()) {
            // The runtime's optimizer tells nodes apart by name, and so does the audit.
            if (node.name().isEmpty()) {
                node.setName(node.output().name());
            }
        }
        Map<Value, Scale> byValue = new LinkedHashMap<>();
        for (Value value : plan.quantized()) {
            byValue.put(value, scales.get(unmoved(value).name()));
        }
        return new QdqWriter(graph, plan, byValue, options.reduceRange()).write();
    }

    /**
     * The plan, after first layers and gates that become INT8 have taken the form that their kernel runs best.
     *
     * @param border inputs and outputs of the graph that are bytes outside of it
     */
    static Plan plan(Graph graph, QuantizerOptions options, Set<Value> border) {
        Plan plan = Plan.of(graph, options, border);
        boolean changed = false;
        for (Node node : plan.kernels()) {
            RewriteRule rule = node.is("Mul") ? new WidenGate() : node.is("Conv") ? new StridedConvToBlocks() : null;
            boolean first = !plan.isComputedInIntegers(plan.root(node.input(0))) && !border.contains(node.input(0));
            if (rule != null && (first || node.is("Mul")) && rule.match(node) instanceof Match.Found found) {
                found.rewrite().run();
                changed = true;
            }
        }
        graph.uniqueNames();
        return changed ? Plan.of(graph, options, border) : plan;
    }

    /** A copy in the form that is quantized: batch norms folded, operators as the integer kernels want them. */
    static Model prepare(Model model) {
        Model copy = model.copy();
        for (Node node : copy.graph().nodes()) {
            // Batch norms give their output's name to what they are folded into; the layer keeps its own this way.
            if (node.name().isEmpty() && node.output() != null) {
                node.setName(node.output().name());
            }
        }
        Passes.inference().run(copy);
        RewriteRules.of(new GlobalMaxToMaxPool()).run(copy);
        RewriteRules.of(new PReluToLeaky()).run(copy);
        RewriteRules.of(new SubToAdd()).run(copy);
        RewriteRules.of(new RowsToGemm()).run(copy);
        Passes.named("merge-reshapes").run(copy);
        copy.graph().uniqueNames();
        return copy;
    }

    private static String describe(QuantizerOptions options, long images) {
        return "static INT8, activations u8, weights s8 per channel"
                + (options.reduceRange() ? " in 7 bits" : "")
                + ", ranges by "
                + options.method().label()
                + (options.method() == CalibrationMethod.PERCENTILE ? " " + options.percentile() : "")
                + " on " + images + (images == 1 ? " sample" : " samples")
                + (options.adaptiveRounding() ? ", weights rounded adaptively" : "")
                + (options.correctBias() ? ", biases corrected" : "");
    }

    private static String whyNothing(Plan plan) {
        return plan.left().isEmpty()
                ? "the model has no Conv, Gemm or MatMul with constant weights"
                : plan.left().entrySet().stream()
                        .map(e -> e.getKey().label() + ": " + e.getValue())
                        .findFirst()
                        .orElseThrow();
    }

    // ---- scales

    /** By the name of the value. */
    private static Map<String, Scale> scales(Plan plan, Map<Value, Histogram> histograms, QuantizerOptions options) {
        Map<Value, Scale> scales = new LinkedHashMap<>();
        for (Value value : plan.quantized()) {
            if (isGate(value, plan)) {
                scales.put(value, Traits.fixedScale(value.producer()));
            }
        }
        Map<Value, Range> ranges = new LinkedHashMap<>();
        histograms.forEach((value, histogram) ->
                ranges.put(value, bounded(value, Ranges.choose(histogram, options.method(), options.percentile()))));
        for (Node node : plan.kernels()) {
            if (node.is("Concat")) {
                shareRange(node, plan, ranges);
            }
        }
        ranges.forEach((value, range) -> scales.put(value, Scale.of(range)));
        Map<String, Scale> byName = new LinkedHashMap<>();
        scales.forEach((value, scale) -> byName.put(unmoved(value).name(), scale));
        return byName;
    }

    private static boolean isGate(Value value, Plan plan) {
        return value.producer() != null
                && plan.isKernel(value.producer())
                && Traits.fixedScale(value.producer()) != null;
    }

    /** The bound that a Relu or Clip sets; the runtime drops the clamp only if no byte means more. */
    private static double ceiling(Value value) {
        Node producer = value.producer();
        return producer != null && Traits.of(producer) == Traits.Trait.CLAMP
                ? Traits.ceiling(producer)
                : Double.POSITIVE_INFINITY;
    }

    private static boolean isClamped(Value value) {
        return value.producer() != null && Traits.of(value.producer()) == Traits.Trait.CLAMP;
    }

    /** Bytes behind a Clip do not mean more than its bound, also where the tensor was all zeros. */
    private static Range bounded(Value value, Range range) {
        double ceiling = ceiling(value);
        return range.width() == 0 && ceiling < Scale.LEVELS ? new Range(0, ceiling) : range;
    }

    /** Inputs and output of a Concat in one scale are copied; a part much smaller than the others keeps its own. */
    private static void shareRange(Node concat, Plan plan, Map<Value, Range> ranges) {
        Set<Value> parts = new LinkedHashSet<>();
        concat.inputs().stream().filter(v -> !v.isConstant()).map(plan::root).forEach(parts::add);
        parts.add(Plan.point(concat));
        if (!ranges.keySet().containsAll(parts)) {
            return;
        }
        Range all = parts.stream().map(ranges::get).reduce(Range::union).orElseThrow();
        for (Value part : parts) {
            boolean fits = !isClamped(part) || all.low() == 0 && all.high() <= ceiling(part);
            if (!fits || ranges.get(part).width() < all.width() / 4) {
                return;
            }
        }
        parts.forEach(part -> ranges.put(part, all));
    }
}
