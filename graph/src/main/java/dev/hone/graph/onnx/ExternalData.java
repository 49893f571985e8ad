package dev.hone.graph.onnx;

import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import dev.hone.graph.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The file beside a model that holds its large tensors one after the other. Tensors of a mebibyte or more begin at
 * multiples of 64 KiB, so that a runtime on any system can map them; smaller ones at multiples of 64 bytes.
 */
final class ExternalData implements ExternalTensors {
    private static final long LARGE = 1 << 20;
    private static final long MAPPING = 64 << 10;
    private static final long ALIGNMENT = 64;
    private static final int CHUNK = 16 << 20;

    private final FileChannel channel;
    private final String location;
    private final long threshold;
    private long end;

    /**
     * @param channel the file's, open for writing
     * @param location the name that the model refers to it by
     * @param threshold bytes that a tensor must have to be put here
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
        return ExternalTensors.reference(name, tensor, location, offset);
    }
}
