package dev.hone.explain;

import dev.hone.core.ElementType;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;

/**
 * Runs the graphs of {@link AttributionGraph} over all rows: blocks of rows side by side, one thread each, the sums of
 * their groups added up in the groups' order.
 */
final class GradientRunner implements AutoCloseable {
    private static final int FLOAT = ElementType.FLOAT.onnx();
    /** Up to so many bytes, the affine part of baselines is computed once and kept; that of others anew for each group. */
    private static final long MOST_KEPT = 256L << 20;

    private final Workers workers;
    private final NativeResources owned = new NativeResources();
    private final GradientGraphs rows;
    private final PrefixValues prefixValues;
    private final BlockingQueue<GradientWorker> free;
    private final NativeTensor image;
    private final Baselines baselines;

    /**
     * @param inputDims [1,...]
     * @param times whether gradients are multiplied by the difference of image and baseline
     */
    GradientRunner(Model prepared, long[] inputDims, boolean times, SamplingOptions options) {
        this.workers = new Workers(options.session());
        this.free = new ArrayBlockingQueue<>(workers.count());
        try {
            Model first = AttributionGraph.prefix(prepared);
            this.rows =
                    owned.add(new GradientGraphs(prepared, first != null, times, options.chunk(), workers.single()));
            this.image = owned.add(NativeTensor.allocate(FLOAT, inputDims));
            this.baselines = new Baselines(inputDims);
            this.prefixValues = rows.whole() ? null : owned.add(new PrefixValues(opened(first), image, baselines));
            Session pullback = rows.whole() ? null : owned.add(opened(AttributionGraph.pullback(prepared, times)));
            for (int i = 0; i < workers.count(); i++) {
                free.add(owned.add(
                        rows.whole()
                                ? new WholeModelWorker(rows, image, baselines)
                                : new AffinePrefixWorker(rows, prefixValues, pullback, times)));
            }
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    private Session opened(Model model) {
        return Session.open(OnnxWriter.toBytes(model), workers.single());
    }

    /** That rows run on, and others may while they do not. */
    Workers workers() {
        return workers;
    }

    /** What an image is compared with. */
    static final class Baselines {
        private final int elements;
        private NativeTensor all;

        private Baselines(long[] dims) {
            elements = Math.toIntExact(Arrays.stream(dims).reduce(1, Math::multiplyExact));
        }

        FloatBuffer values(int r) {
            return all.buffer().asFloatBuffer().slice(r * elements, elements);
        }
    }

    /** The affine part of the model, at the image and at baselines. */
    static final class PrefixValues implements AutoCloseable {
        private final Session prefix;
        private final NativeTensor image;
        private final Baselines baselines;
        private final NativeTensor imagePrefix;
        private final List<NativeTensor> kept = new ArrayList<>();

        private PrefixValues(Session prefix, NativeTensor image, Baselines baselines) {
            this.prefix = prefix;
            this.image = image;
            this.baselines = baselines;
            this.imagePrefix = NativeTensor.allocate(FLOAT, dims());
        }

        /** [1,F] */
        long[] dims() {
            return prefix.outputs().get(0).dims();
        }

        NativeTensor image() {
            return image;
        }

        NativeTensor imagePrefix() {
            return imagePrefix;
        }

        Baselines baselines() {
            return baselines;
        }

        /** At a baseline; null where it was not kept. */
        NativeTensor kept(int r) {
            return r < kept.size() ? kept.get(r) : null;
        }

        void compute(NativeTensor of, NativeTensor to) {
            prefix.run(Map.of(prefix.inputs().get(0).name(), of), Map.of("prefix", to));
        }

        private void keep() {
            kept.forEach(NativeTensor::close);
            kept.clear();
            long bytes = Float.BYTES * Arrays.stream(dims()).reduce(1, Math::multiplyExact);
            long count = Math.min(baselines.all.dims()[0], MOST_KEPT / bytes);
            try (NativeTensor baseline = NativeTensor.allocate(FLOAT, image.dims())) {
                for (int r = 0; r < count; r++) {
                    kept.add(NativeTensor.allocate(FLOAT, dims()));
                    baseline.buffer().asFloatBuffer().put(baselines.values(r));
                    compute(baseline, kept.get(r));
                }
            }
        }

        @Override
        public void close() {
            kept.forEach(NativeTensor::close);
            imagePrefix.close();
            prefix.close();
        }
    }

    /**
     * @param attribution by group of elements of the input
     * @param rowSums by row, the sum over all elements
     */
    record Result(MapStatistics.Estimate attribution, float[] rowSums) {}

    /** Compares with these from now on. @param with [R,...]; the caller's, who closes it when they are replaced */
    void compareWith(NativeTensor with) {
        baselines.all = with;
        if (prefixValues != null) {
            prefixValues.keep();
        }
    }

    /** What the attributions of a row sum to with infinitely many samples: f(z) - f(b). */
    interface Differences {
        double of(int k, int row);
    }

    /**
     * @param differences null where attributions sum to no difference
     * @return by class, in the order given
     */
    List<Result> run(float[] of, int[] targets, PathSamples points, Groups groups, Differences differences) {
        image.buffer().asFloatBuffer().put(of);
        if (prefixValues != null) {
            prefixValues.compute(image, prefixValues.imagePrefix());
        }
        List<MapStatistics> statistics = new ArrayList<>();
        for (int k = 0; k < targets.length; k++) {
            statistics.add(new MapStatistics(groups.count()));
        }
        float[][] rowSums = new float[targets.length][points.rows()];
        Sums sums = (group, k, attribution) -> {
            double missed = 0;
            if (differences != null) {
                for (int row : group.rows()) {
                    missed += rowSums[k][row] - points.weight(row) * differences.of(k, row);
                }
            }
            statistics.get(k).add(group, groups.sum(attribution), missed);
        };
        Deque<Running> running = new ArrayDeque<>();
        try {
            for (List<SampleGroup> block : rows.blocks(points)) {
                if (running.size() == 2 * workers.count()) {
                    running.remove().addTo(sums);
                }
                running.add(new Running(block, workers.submit(() -> {
                    GradientWorker worker = free.take();
                    try {
                        return worker.run(block, targets, points, rowSums);
                    } finally {
                        free.add(worker);
                    }
                })));
            }
            while (!running.isEmpty()) {
                running.remove().addTo(sums);
            }
        } finally {
            running.forEach(Running::settle);
        }
        List<Result> results = new ArrayList<>();
        for (int k = 0; k < targets.length; k++) {
            results.add(new Result(statistics.get(k).estimate(), rowSums[k]));
        }
        return results;
    }

    /** Takes the sum of a group's attributions for a class, in the groups' order. */
    private interface Sums {
        void add(SampleGroup group, int k, float[] attribution);
    }

    private record Running(List<SampleGroup> block, Future<float[][][]> sums) {
        void addTo(Sums to) {
            float[][][] byClass = Workers.result(sums);
            for (int k = 0; k < byClass.length; k++) {
                for (int g = 0; g < block.size(); g++) {
                    to.add(block.get(g), k, byClass[k][g]);
                }
            }
        }

        /** Lets a group that nobody asks for any more end before its tensors are used again. */
        void settle() {
            try {
                Workers.result(sums);
            } catch (RuntimeException e) {
                // The failure that came first is on its way already.
            }
        }
    }

    /** Writes an image with a row's noise. */
    static void addNoise(PathSamples points, int row, FloatBuffer plain, FloatBuffer to) {
        points.noise(row, to.duplicate());
        for (int i = 0; i < plain.remaining(); i++) {
            to.put(i, to.get(i) + plain.get(i));
        }
    }

    @Override
    public void close() {
        workers.close();
        owned.close();
    }
}
