package dev.hone.compress.quantize;

import dev.hone.compress.CalibrationFeeds;
import dev.hone.compress.CompressionException;
import dev.hone.core.Progress;
import dev.hone.graph.Graph;
import dev.hone.graph.Model;
import dev.hone.graph.Value;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.NativeTensor;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.TensorInfo;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the FP32 model on the calibration data and takes histograms of the values to be quantized. */
final class Calibrator {
    /** Activations of so many bytes are held at once; a batch that makes more is run in parts. */
    private static final long MOST_BYTES = 128L << 20;

    private final Map<Value, Histogram> histograms = new LinkedHashMap<>();
    private final Session session;
    private final List<TensorInfo> inputs;
    private final List<String> watched;
    private final Progress progress;
    private long images;
    private long bytesPerImage;

    private Calibrator(Session session, Collection<Value> values, Progress progress) {
        this.session = session;
        this.progress = progress;
        this.inputs = session.inputs();
        values.forEach(v -> histograms.put(v, new Histogram()));
        this.watched = values.stream()
                .map(Value::name)
                .filter(name -> inputs.stream().noneMatch(input -> input.name().equals(name)))
                .toList();
    }

    /**
     * @param histograms of each value, from all images
     * @param images how many there were
     */
    record Calibration(Map<Value, Histogram> histograms, long images) {}

    static Calibration run(
            Model model, Collection<Value> values, CalibrationFeeds data, QuantizerOptions options, Progress progress) {
        try (Session session = Session.open(instrumented(model, values), options.session())) {
            Calibrator calibrator = new Calibrator(session, values, progress);
            progress.started("calibrating", 0);
            data.forEachBatch(calibrator::take);
            if (calibrator.images == 0) {
                throw new CompressionException("no calibration data were given, expected at least one");
            }
            return new Calibration(calibrator.histograms, calibrator.images);
        } catch (OnnxRuntimeException e) {
            throw new CompressionException("calibration failed: " + e.getMessage());
        }
    }

    /** The model's file with the values as further outputs. */
    static byte[] instrumented(Model model, Collection<Value> values) {
        Graph graph = model.graph();
        graph.uniqueNames();
        int before = graph.outputs().size();
        for (Value value : values) {
            if (!value.isOutput() && !value.isInput()) {
                graph.addOutput(value);
            }
        }
        byte[] bytes = OnnxWriter.toBytes(model);
        while (graph.outputs().size() > before) {
            graph.removeOutput(graph.outputs().size() - 1);
        }
        return bytes;
    }

    private void take(Map<String, NativeTensor> batch) {
        progress.checkCancelled();
        for (TensorInfo input : inputs) {
            if (!batch.containsKey(input.name())) {
                throw new CompressionException("the calibration data have no input '" + input.name() + "', only "
                        + batch.keySet() + "; the model takes it");
            }
        }
        long count = count(batch);
        boolean open = inputs.stream().allMatch(input -> input.dims().length > 0 && input.dims()[0] < 0)
                && inputs.stream().allMatch(input -> batch.get(input.name()).dims()[0] == count);
        for (long at = 0; at < count; ) {
            long part = !open ? count : bytesPerImage == 0 ? 1 : Math.max(1, MOST_BYTES / bytesPerImage);
            part = Math.min(part, count - at);
            if (part == count) {
                takePart(batch, count);
            } else {
                Map<String, NativeTensor> slices = new LinkedHashMap<>();
                try {
                    for (TensorInfo input : inputs) {
                        slices.put(input.name(), slice(batch.get(input.name()), at, part));
                    }
                    takePart(slices, part);
                } finally {
                    slices.values().forEach(NativeTensor::close);
                }
            }
            at += part;
            images += part;
            progress.advanced(images);
        }
    }

    private long count(Map<String, NativeTensor> batch) {
        long[] dims = batch.get(inputs.get(0).name()).dims();
        return dims.length == 0 ? 1 : dims[0];
    }

    private static NativeTensor slice(NativeTensor batch, long from, long count) {
        long[] dims = batch.dims();
        ByteBuffer bytes = batch.buffer();
        int image = Math.toIntExact(bytes.remaining() / dims[0]);
        dims[0] = count;
        return NativeTensor.of(
                batch.type(), bytes.slice(Math.toIntExact(from * image), Math.toIntExact(count * image)), dims);
    }

    private void takePart(Map<String, NativeTensor> part, long count) {
        // A single product in front of the output needs the range of its input alone.
        Map<String, NativeTensor> found = watched.isEmpty() ? Map.of() : session.run(part, watched, Map.of());
        long bytes = 0;
        try {
            for (Map.Entry<Value, Histogram> entry : histograms.entrySet()) {
                Value value = entry.getKey();
                NativeTensor tensor = found.getOrDefault(value.name(), part.get(value.name()));
                int bad = entry.getValue().add(tensor.floats());
                if (bad >= 0) {
                    throw new CompressionException("activation '" + value.name() + "' is not finite at element " + bad
                            + " for calibration sample " + (images + bad / Math.max(1, tensor.count() / count))
                            + "; check the data and the model's weights");
                }
                bytes += 4 * tensor.count();
            }
        } finally {
            found.values().forEach(NativeTensor::close);
        }
        bytesPerImage = Math.max(1, bytes / count);
    }
}
