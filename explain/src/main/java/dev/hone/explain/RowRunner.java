package dev.hone.explain;

import dev.hone.graph.ElementType;
import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.Device;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the graphs of {@link AttributionGraph} over all rows: groups of rows side by side, one thread each, the sums of
 * groups added up in the groups' order.
 */
final class RowRunner implements AutoCloseable {
    private static final int FLOAT = ElementType.FLOAT.onnx();
    private static final int INT64 = ElementType.INT64.onnx();
    /** Up to so many bytes, the affine part of baselines is computed once and kept; that of others anew for each group. */
    private static final long MOST_KEPT = 256L << 20;

    private final long[] inputDims;
    private final int elements;
    private final int chunk;
    private final boolean times;
    private final int workers;
    private final Session prefix;
    private final Session rows;
    private final Session pullback;
    private final long[] stemDims;
    private final ExecutorService threads;
    private final List<Lane> lanes = new ArrayList<>();
    private final BlockingQueue<Lane> free;
    private final NativeTensor image;
    private final NativeTensor imageStem;
    private final List<NativeTensor> keptStems = new ArrayList<>();
    private NativeTensor baselines;

    /**
     * @param inputDims [1,...]
     * @param times whether gradients are multiplied by the difference of image and baseline
     */
    RowRunner(Model prepared, long[] inputDims, boolean times, ExplainOptions options) {
        boolean cpu = options.session().device().kind() == Device.Kind.CPU;
        SessionOptions single = cpu ? options.session().withThreads(1) : options.session();
        int fixed = AttributionGraph.fixedBatch(prepared);
        this.inputDims = inputDims;
        this.elements = Math.toIntExact(Arrays.stream(inputDims).reduce(1, Math::multiplyExact));
        this.chunk = fixed > 0 ? fixed : Math.min(options.chunk(), RowGroup.MOST);
        this.workers = cpu ? options.session().threads() : 1;
        Model first = AttributionGraph.prefix(prepared);
        Model middle = AttributionGraph.rows(prepared, chunk);
        this.prefix = first == null ? null : Session.open(OnnxWriter.toBytes(first), single);
        this.rows = Session.open(OnnxWriter.toBytes(middle), single);
        this.times = times;
        Model back = AttributionGraph.pullback(prepared, times);
        this.pullback = back == null ? null : Session.open(OnnxWriter.toBytes(back), single);
        this.stemDims = prefix == null ? inputDims : prefix.outputs().get(0).dims();
        this.threads = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, "gradient-shap");
            thread.setDaemon(true);
            return thread;
        });
        this.free = new ArrayBlockingQueue<>(workers);
        for (int i = 0; i < workers; i++) {
            lanes.add(new Lane());
        }
        free.addAll(lanes);
        this.image = NativeTensor.allocate(FLOAT, inputDims);
        this.imageStem = prefix == null ? image : NativeTensor.allocate(FLOAT, stemDims);
    }

    /**
     * @param attribution by group of elements of the input
     * @param rowSums by row, the sum over all elements
     */
    record Result(MapStatistics.Estimate attribution, float[] rowSums) {}

    /** Compares with these from now on. @param with [R,...]; the caller's, who closes it when they are replaced */
    void compareWith(NativeTensor with) {
        baselines = with;
        keptStems.forEach(NativeTensor::close);
        keptStems.clear();
        if (prefix == null) {
            return;
        }
        long bytes = Float.BYTES * Arrays.stream(stemDims).reduce(1, Math::multiplyExact);
        long count = Math.min(with.dims()[0], MOST_KEPT / bytes);
        try (NativeTensor baseline = NativeTensor.allocate(FLOAT, inputDims)) {
            for (int r = 0; r < count; r++) {
                keptStems.add(NativeTensor.allocate(FLOAT, stemDims));
                fill(baseline, baseline(r));
                stem(baseline, keptStems.get(r));
            }
        }
    }

    private FloatBuffer baseline(int r) {
        return baselines.buffer().asFloatBuffer().slice(r * elements, elements);
    }

    Result run(float[] of, int target, Draws draws, Groups groups) {
        fill(image, FloatBuffer.wrap(of));
        stem(image, imageStem);
        MapStatistics statistics = new MapStatistics(groups.count());
        float[] rowSums = new float[draws.rows()];
        Deque<Running> running = new ArrayDeque<>();
        try {
            for (RowGroup group : RowGroup.of(draws)) {
                if (running.size() == 2 * workers) {
                    running.remove().addTo(statistics, groups);
                }
                running.add(new Running(group, threads.submit(() -> {
                    Lane lane = free.take();
                    try {
                        return lane.run(group.rows(), target, draws, rowSums);
                    } finally {
                        free.add(lane);
                    }
                })));
            }
            while (!running.isEmpty()) {
                running.remove().addTo(statistics, groups);
            }
        } finally {
            running.forEach(Running::settle);
        }
        return new Result(statistics.estimate(), rowSums);
    }

    private record Running(RowGroup group, Future<float[]> sum) {
        void addTo(MapStatistics statistics, Groups groups) {
            statistics.add(group, groups.sum(result(sum)));
        }

        /** Lets a group that nobody asks for any more end before its tensors are used again. */
        void settle() {
            try {
                result(sum);
            } catch (RuntimeException e) {
                // The failure that came first is on its way already.
            }
        }
    }

    private static float[] result(Future<float[]> group) {
        try {
            return group.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while explaining", e);
        }
    }

    private void stem(NativeTensor of, NativeTensor to) {
        if (prefix != null) {
            prefix.run(Map.of(prefix.inputs().get(0).name(), of), Map.of("stem", to));
        }
    }

    private static void fill(NativeTensor tensor, FloatBuffer values) {
        tensor.buffer().asFloatBuffer().put(values);
    }

    @Override
    public void close() {
        threads.shutdown();
        lanes.forEach(Lane::close);
        keptStems.forEach(NativeTensor::close);
        image.close();
        imageStem.close();
        if (pullback != null) {
            pullback.close();
        }
        rows.close();
        if (prefix != null) {
            prefix.close();
        }
    }

    /** The tensors of one thread, which stay in native memory from run to run. */
    private final class Lane implements AutoCloseable {
        private final List<NativeTensor> owned = new ArrayList<>();
        private final NativeTensor noisyImage = floats(inputDims);
        private final NativeTensor noisyStem = prefix == null ? noisyImage : floats(stemDims);
        private final NativeTensor baseline = floats(inputDims);
        private final NativeTensor baselineStem = prefix == null ? baseline : floats(stemDims);
        private final NativeTensor alpha;
        private final NativeTensor weight = floats(chunk, 1);
        private final NativeTensor target = own(NativeTensor.allocate(INT64, 1));
        private final NativeTensor zero = floats(stemDims);
        private final NativeTensor[] sums = {floats(stemDims), floats(stemDims)};
        private final NativeTensor sumOfRow = floats(chunk);
        private final NativeTensor attribution = floats(inputDims);

        Lane() {
            long[] dims = new long[stemDims.length];
            Arrays.fill(dims, 1);
            dims[0] = chunk;
            alpha = floats(dims);
        }

        private NativeTensor floats(long... dims) {
            return own(NativeTensor.allocate(FLOAT, dims));
        }

        private NativeTensor own(NativeTensor tensor) {
            owned.add(tensor);
            return tensor;
        }

        /** The sum of a group's attributions, by element of the input. */
        float[] run(int[] group, int of, Draws draws, float[] rowSums) {
            int with = draws.baseline(group[0]);
            fill(baseline, baseline(with));
            boolean known = with < keptStems.size();
            if (!known) {
                stem(baseline, baselineStem);
            }
            boolean noisy = draws.noisy();
            if (noisy) {
                addNoise(draws, group[0]);
                stem(noisyImage, noisyStem);
            }
            target.buffer().asLongBuffer().put(of);
            Map<String, NativeTensor> feeds = new HashMap<>(Map.of(
                    "image", noisy ? noisyStem : imageStem,
                    "baseline", known ? keptStems.get(with) : baselineStem,
                    "alpha", alpha,
                    "weight", weight,
                    "target", target));
            NativeTensor sum = zero;
            for (int first = 0; first < group.length; first += chunk) {
                int count = Math.min(chunk, group.length - first);
                for (int i = 0; i < chunk; i++) {
                    alpha.buffer().asFloatBuffer().put(i, draws.alpha(group[first + Math.min(i, count - 1)]));
                    weight.buffer().asFloatBuffer().put(i, i < count ? draws.weight(group[first + i]) : 0);
                }
                feeds.put("sum", sum);
                sum = sum == sums[0] ? sums[1] : sums[0];
                rows.run(feeds, Map.of("next_sum", sum, "row_sums", sumOfRow));
                for (int i = 0; i < count; i++) {
                    rowSums[group[first + i]] =
                            sumOfRow.buffer().asFloatBuffer().get(i);
                }
            }
            if (pullback == null) {
                return sum.floats();
            }
            pullback.run(
                    times
                            ? Map.of("image", noisy ? noisyImage : image, "baseline", baseline, "gradient", sum)
                            : Map.of("gradient", sum),
                    Map.of("attribution", attribution));
            return attribution.floats();
        }

        private void addNoise(Draws draws, int row) {
            FloatBuffer noise = noisyImage.buffer().asFloatBuffer();
            draws.noise(row, noise.duplicate());
            FloatBuffer plain = image.buffer().asFloatBuffer();
            for (int i = 0; i < elements; i++) {
                noise.put(i, noise.get(i) + plain.get(i));
            }
        }

        @Override
        public void close() {
            owned.forEach(NativeTensor::close);
        }
    }
}
