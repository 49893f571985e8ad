package dev.hone.property;

import dev.hone.compress.Compression;
import dev.hone.compress.CompressionContext;
import dev.hone.compress.CompressionException;
import dev.hone.compress.method.Compressions;
import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.option.Options;
import dev.hone.graph.Model;
import dev.hone.graph.Node;
import dev.hone.graph.Tensor;
import dev.hone.graph.Value;
import dev.hone.graph.analysis.BatchMixing;
import dev.hone.graph.verify.Verifier;
import dev.hone.runtime.NativeTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Whether each compression of a model is one that the runtime opens, with outputs of the same types and shapes. */
final class CompressionChecks {
    /** How far a compressed output may be from the original, relative to its size, where nothing amplifies it. */
    private static final Map<String, Double> TOLERANCE =
            Map.of("fp16", 0.05, "bf16", 0.2, "weights", 0.5, "dynamic", 0.5, "static", 0.8);

    private CompressionChecks() {}

    /**
     * @return false if the runtime does not run the model, with its optimizations, which have faults of their own, and
     *     without, or if no compression applies to it
     */
    static boolean check(RandomModel random) {
        List<Tensor> expected;
        List<Tensor> nudged;
        Map<String, Tensor> rough = new LinkedHashMap<>();
        random.inputs()
                .forEach((name, x) -> rough.put(name, x.to(ElementType.FLOAT16).to(ElementType.FLOAT)));
        try (Runs.Open open = new Runs.Open(random.model())) {
            expected = open.run(random.inputs());
            nudged = open.run(rough);
            Runs.optimized(random.model(), random.inputs());
        } catch (HoneException e) {
            return false;
        }
        boolean isOfSamples = isOfSamples(random);
        CompressionContext context = isOfSamples
                ? CompressionContext.defaults().withCalibration(new Feeds(random))
                : CompressionContext.defaults();
        boolean any = false;
        for (Compressions.Entry<?> entry : Compressions.ALL) {
            if (TOLERANCE.containsKey(entry.name())
                    && (isOfSamples || !entry.name().equals("static"))) {
                any |= check(entry, random, context, expected, nudged);
            }
        }
        return any;
    }

    /**
     * Whether the first axes of the inputs can count samples, as they do in calibration data: all are the same, and no row is
     * taken out or added to another.
     */
    private static boolean isOfSamples(RandomModel random) {
        return !BatchMixing.isIn(random.model())
                && random.inputs().values().stream().allMatch(x -> x.dims().length > 0)
                && random.inputs().values().stream()
                                .mapToLong(x -> x.dims()[0])
                                .distinct()
                                .count()
                        == 1;
    }

    private static <O extends Record> boolean check(
            Compressions.Entry<O> entry,
            RandomModel random,
            CompressionContext context,
            List<Tensor> expected,
            List<Tensor> nudged) {
        Map<String, Object> options = entry.name().equals("static") ? Map.of("plan", "all") : Map.of();
        Compression compression = entry.make().apply(Options.of(entry.options()).build(options));
        Model compressed;
        try {
            compressed = compression.compress(random.model(), context).model();
        } catch (CompressionException e) {
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError(entry.name() + " fails on\n" + GraphText.of(random.model()), e);
        }
        List<String> problems = Verifier.problems(compressed);
        RewriteChecks.require(
                entry.name() + ", verified",
                random.model(),
                compressed,
                problems.isEmpty() ? null : problems.toString());
        String difference;
        try {
            List<Tensor> actual = Runs.of(compressed, random.inputs());
            double tolerance = TOLERANCE.get(entry.name());
            difference = difference(actual, expected, nudged, 1, tolerance);
            if (difference != null) {
                difference = difference(actual, expected, nudged, largestInside(random), tolerance);
            }
        } catch (HoneException e) {
            difference = "the runtime refuses it: " + e.getMessage();
        }
        RewriteChecks.require(entry.name(), random.model(), compressed, difference);
        return true;
    }

    /** The largest number that any node computes, infinity included: it is rounded relative to its own size. */
    private static double largestInside(RandomModel random) {
        Model all = random.model().copy();
        for (Node node : all.graph().nodes()) {
            for (Value value : node.outputs()) {
                if (value != null
                        && !value.isOutput()
                        && value.type() != null
                        && value.type().isFloat()) {
                    all.graph().addOutput(value);
                }
            }
        }
        return Runs.of(all, random.inputs()).stream()
                .filter(x -> x.type().isFloat())
                .flatMapToDouble(
                        x -> Arrays.stream(x.to(ElementType.DOUBLE).doubles()).map(Math::abs))
                .filter(x -> !Double.isNaN(x))
                .max()
                .orElse(0);
    }

    /** @param scale of the numbers inside, at which a tolerance counts */
    private static String difference(
            List<Tensor> actual, List<Tensor> expected, List<Tensor> nudged, double scale, double tolerance) {
        for (int i = 0; i < expected.size(); i++) {
            Tensor x = expected.get(i);
            Tensor y = actual.get(i);
            if (x.type() != y.type() || !Arrays.equals(x.dims(), y.dims())) {
                return "output " + i + " is " + y + ", expected " + x;
            }
            if (!x.type().isFloat() || !Arrays.equals(x.dims(), nudged.get(i).dims())) {
                continue;
            }
            double[] a = x.to(ElementType.DOUBLE).doubles();
            double[] b = y.to(ElementType.DOUBLE).doubles();
            double[] n = nudged.get(i).to(ElementType.DOUBLE).doubles();
            double largest = Arrays.stream(a).map(Math::abs).max().orElse(0);
            double sensitive = 0;
            for (int k = 0; k < a.length; k++) {
                sensitive = Math.max(sensitive, Math.abs(a[k] - n[k]));
            }
            // Behind the range of half precision, and where a little noise changes much, nothing can be said.
            boolean telling =
                    largest < 1000 && scale < 1000 && Double.isFinite(sensitive) && sensitive < 0.01 * largest;
            for (int k = 0; telling && k < a.length; k++) {
                if (!(Math.abs(a[k] - b[k]) <= tolerance * Math.max(largest, scale) + 100 * sensitive)) {
                    return "output " + i + " is " + b[k] + " at " + k + ", expected about " + a[k];
                }
            }
        }
        return null;
    }

    /** The inputs of the model as calibration data. */
    private static final class Feeds extends dev.hone.compress.CalibrationFeeds {
        private final RandomModel random;

        Feeds(RandomModel random) {
            this.random = random;
        }

        @Override
        public void forEachBatch(Consumer<Map<String, NativeTensor>> consumer) {
            for (int i = 0; i < 2; i++) {
                Map<String, NativeTensor> batch = new LinkedHashMap<>();
                random.inputs().forEach((name, x) -> batch.put(name, Runs.nativeOf(x)));
                consumer.accept(batch);
                batch.values().forEach(NativeTensor::close);
            }
        }
    }
}
