package dev.hone.compress.quantize;

import dev.hone.core.Progress;
import dev.hone.runtime.InterleavedTiming;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.TensorInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs models in sessions as they will be deployed, in turn, on one sample. */
final class SessionStopwatch implements Stopwatch {
    private static final int ROUNDS = 3;

    private final SessionOptions options;
    private final Duration perModel;
    private final Map<String, NativeTensor> example;
    private final Progress progress;

    /**
     * @param perModel how long each model is run for, all rounds together; eight rounds at least
     * @param example what models are run on, by the name of the input; noise where there is none; the caller's
     */
    SessionStopwatch(SessionOptions options, Duration perModel, Map<String, NativeTensor> example) {
        this(options, perModel, example, Progress.NONE);
    }

    /** The same; before each run of a model the progress may cancel the work. */
    SessionStopwatch(SessionOptions options, Duration perModel, Map<String, NativeTensor> example, Progress progress) {
        this.example = example;
        this.progress = progress;
        // Threads of one session that still spin would slow the next one down.
        this.options = options.spinning() ? options.withConfig("session.force_spinning_stop", "1") : options;
        this.perModel = perModel;
    }

    @Override
    public double[] time(List<byte[]> models) {
        return rounds(models, 1)[0];
    }

    @Override
    public double[][] rounds(List<byte[]> models) {
        return rounds(models, ROUNDS);
    }

    private double[][] rounds(List<byte[]> models, int count) {
        List<Run> runs = new ArrayList<>();
        double[][] times = new double[count][];
        try {
            models.forEach(model -> runs.add(new Run(Session.open(model, options), example, progress)));
            for (int round = 0; round < count; round++) {
                times[round] = InterleavedTiming.measure(
                        runs, perModel.multipliedBy(models.size()).dividedBy(count));
            }
            return times;
        } finally {
            runs.forEach(Run::close);
        }
    }

    private static final class Run implements Runnable, AutoCloseable {
        private final Session session;
        private final Map<String, NativeTensor> inputs = new LinkedHashMap<>();
        private final List<NativeTensor> owned = new ArrayList<>();
        private final Progress progress;

        Run(Session session, Map<String, NativeTensor> example, Progress progress) {
            this.session = session;
            this.progress = progress;
            Random random = new Random(1);
            for (TensorInfo info : session.inputs()) {
                if (example.containsKey(info.name())) {
                    inputs.put(info.name(), example.get(info.name()));
                    continue;
                }
                long[] dims = info.dims().clone();
                for (int i = 0; i < dims.length; i++) {
                    dims[i] = Math.max(1, dims[i]);
                }
                NativeTensor tensor = NativeTensor.allocate(info.elementType(), dims);
                ByteBuffer buffer = tensor.buffer();
                while (buffer.hasRemaining()) {
                    if (info.elementType() == 1) {
                        buffer.putFloat((float) random.nextGaussian());
                    } else {
                        buffer.put((byte) random.nextInt());
                    }
                }
                inputs.put(info.name(), tensor);
                owned.add(tensor);
            }
        }

        @Override
        public void run() {
            progress.checkCancelled();
            session.run(inputs).values().forEach(NativeTensor::close);
        }

        @Override
        public void close() {
            owned.forEach(NativeTensor::close);
            session.close();
        }
    }
}
