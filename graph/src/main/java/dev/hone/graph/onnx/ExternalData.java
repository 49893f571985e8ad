package dev.hone.graph.onnx;

import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import dev.hone.graph.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The external data file of a model, with its large tensors in sequence. Tensors of 1 MiB or more are aligned to 64
 * KiB, so that runtimes on all systems can map them; smaller ones to 64 bytes.
 */
final class ExternalData implements ExternalTensors {
    private static final long LARGE = 1 << 20;
    private static final long MAPPING = 64 << 10;
    private static final long ALIGNMENT = 64;
    private static final int CHUNK = 16 << 20;

    private final FileChannel channel;
    private final String location;
    private final long threshold;
    private final Map<Tensor, Long> offsets = new IdentityHashMap<>();
    private long end;

    /**
     * @param channel channel of the file, open for writing
     * @param location name of the file in the model
     * @param threshold minimum size in bytes of a tensor stored in the file
     */
    ExternalData(FileChannel channel, String location, long threshold) {
        this.channel = channel;
        this.location = location;
        this.threshold = threshold;
    }

    @Override
    public boolean takes(Tensor tensor) {
        return tensor.data().size() >= threshold;
    }

    boolean isEmpty() {
        return end == 0;
    }

    @Override
    public TensorProto write(String name, Tensor tensor) throws IOException {
        TensorData data = tensor.data();
        long alignment = data.size() >= LARGE ? MAPPING : ALIGNMENT;
        long offset = (end + alignment - 1) / alignment * alignment;
        for (long at = 0; at < data.size(); at += CHUNK) {
            ByteBuffer chunk = data.slice(at, (int) Math.min(CHUNK, data.size() - at));
            long position = offset + at;
            while (chunk.hasRemaining()) {
                position += channel.write(chunk, position);
            }
        }
        end = offset + data.size();
        offsets.put(tensor, offset);
        return ExternalTensors.reference(name, tensor, location, offset);
    }

    /** The tensors written so far, under another name of the file. */
    ExternalTensors named(String name) {
        return new ExternalTensors() {
            @Override
            public boolean takes(Tensor tensor) {
                return offsets.containsKey(tensor);
            }

            @Override
            public TensorProto write(String value, Tensor tensor) {
                return ExternalTensors.reference(value, tensor, name, offsets.get(tensor));
            }
        };
    }
}
