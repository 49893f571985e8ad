package dev.hone.compress.stream;

import dev.hone.core.ElementType;
import dev.hone.graph.HalfFloats;
import dev.hone.graph.Tensor;
import dev.hone.graph.TensorData;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads ranges of tensors for one thread. Tensors in files are read, not mapped: pages of a mapped file count as memory
 * of the process until the system wants them back.
 */
public final class Source implements AutoCloseable {
    private static final int BUFFER = 4 << 20;

    private final Map<Path, FileChannel> channels = new HashMap<>();
    private byte[] scratch = new byte[0];
    private float[] floatScratch = new float[0];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

    /** Space for what is made of the tensors, kept from piece to piece, whatever it holds. */
    public byte[] scratch(int size) {
        if (scratch.length < size) {
            scratch = new byte[size];
        }
        return scratch;
    }

    /** The same for floats. */
    public float[] floatScratch(int size) {
        if (floatScratch.length < size) {
            floatScratch = new float[size];
        }
        return floatScratch;
    }

    /** Whether elements of a type can be read as floats here. */
    public static boolean reads(ElementType type) {
        return type == ElementType.FLOAT || type == ElementType.FLOAT16 || type == ElementType.BFLOAT16;
    }

    /** The next bytes of a tensor, at most so many as fit into the buffer, which the next call overwrites. */
    ByteBuffer bytes(TensorData data, long offset, long length) throws IOException {
        int count = (int) Math.min(length, BUFFER);
        buffer.clear().limit(count);
        if (data instanceof TensorData.Mapped mapped) {
            FileChannel channel = channels.get(mapped.file());
            if (channel == null) {
                channel = FileChannel.open(mapped.file(), StandardOpenOption.READ);
                channels.put(mapped.file(), channel);
            }
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, mapped.offset() + offset + buffer.position()) < 0) {
                    throw new EOFException(mapped.file() + " became shorter while it was read");
                }
            }
        } else {
            buffer.put(data.slice(offset, count));
        }
        return buffer.flip();
    }

    /**
     * Elements of a tensor as floats.
     *
     * @param from index of the first element
     * @param into where they go, from index {@code at} on
     */
    public void floats(Tensor tensor, long from, float[] into, int at, int count) throws IOException {
        int width = tensor.type().bits() / 8;
        int done = 0;
        while (done < count) {
            ByteBuffer part = bytes(tensor.data(), (from + done) * width, (long) (count - done) * width);
            int elements = part.remaining() / width;
            switch (tensor.type()) {
                case FLOAT -> part.asFloatBuffer().get(into, at + done, elements);
                case FLOAT16 -> {
                    for (int i = 0; i < elements; i++) {
                        into[at + done + i] = HalfFloats.fromHalf(part.getShort(2 * i));
                    }
                }
                case BFLOAT16 -> {
                    for (int i = 0; i < elements; i++) {
                        into[at + done + i] = HalfFloats.fromBfloat(part.getShort(2 * i));
                    }
                }
                default -> throw new IllegalArgumentException("elements of type " + tensor.type());
            }
            done += elements;
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels.values()) {
            channel.close();
        }
    }
}
