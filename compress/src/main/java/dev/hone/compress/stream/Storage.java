package dev.hone.compress.stream;

import dev.hone.core.ElementType;
import dev.hone.graph.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where new tensors are kept: in memory, or in a file that becomes the data file beside the model. */
public interface Storage {
    /** Makes room for a tensor, whose contents are written later and looked at by nobody before. */
    Target allocate(ElementType type, long... dims);

    /** A tensor and the way to fill it. */
    interface Target {
        Tensor tensor();

        /** Writes bytes at a place of the tensor; several threads may write different places. */
        void write(long offset, ByteBuffer bytes) throws IOException;
    }

    /** On the heap, at most 2 GiB for a tensor. */
    static Storage heap() {
        return (type, dims) -> {
            int size = Math.toIntExact(type.bytes(Tensor.count(dims)));
            ByteBuffer memory = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            Tensor tensor = Tensor.of(type, dims, memory);
            return new Target() {
                @Override
                public Tensor tensor() {
                    return tensor;
                }

                @Override
                public void write(long offset, ByteBuffer bytes) {
                    memory.duplicate().position(Math.toIntExact(offset)).put(bytes);
                }
            };
        };
    }
}
