package dev.hone.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.hone.core.text.Figures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor in native memory, little-endian, row-major. It is passed to and returned from a run without copying through
 * Java arrays. The code that created or received it must close it; closing frees the memory immediately, and buffers
 * obtained from it must not be used afterwards.
 */
public final class NativeTensor implements AutoCloseable {
    private final OnnxTensor value;
    private final ByteBuffer memory;
    private final boolean ownsMemory;
    private final int type;
    private final long[] dims;

    private NativeTensor(OnnxTensor value, ByteBuffer memory, boolean ownsMemory, int type, long[] dims) {
        this.value = value;
        this.memory = memory;
        this.ownsMemory = ownsMemory;
        this.type = type;
        this.dims = dims;
    }

    /** Wraps the caller's memory without copying; the caller keeps the buffer alive until the tensor is closed. */
    public static NativeTensor of(int onnxType, ByteBuffer direct, long... dims) {
        if (!direct.isDirect()) {
            throw new OnnxRuntimeException("a native tensor needs a direct buffer, found a heap buffer");
        }
        return wrap(onnxType, direct.duplicate().order(ByteOrder.LITTLE_ENDIAN), false, dims.clone());
    }

    /**
     * A tensor of zeros.
     *
     * @throws OnnxRuntimeException if there is not enough memory for it
     */
    public static NativeTensor allocate(int onnxType, long... dims) {
        long bytes = count(dims) * ElementTypes.bytes(onnxType);
        if (bytes > Integer.MAX_VALUE) {
            throw new OnnxRuntimeException("a tensor " + TensorInfo.describe(onnxType, dims) + " takes " + bytes
                    + " bytes, at most " + Integer.MAX_VALUE + " fit; use a smaller batch");
        }
        try {
            ByteBuffer memory = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
            return wrap(onnxType, memory, true, dims.clone());
        } catch (OutOfMemoryError e) {
            throw new OnnxRuntimeException(
                    "a tensor " + TensorInfo.describe(onnxType, dims) + " takes " + Figures.bytes(bytes)
                            + ", more than the Java virtual machine has left; use a smaller batch, or give it more memory",
                    e);
        }
    }

    public static NativeTensor ofFloats(float[] values, long... dims) {
        NativeTensor tensor = allocateFor(values.length, 1, dims);
        tensor.memory.asFloatBuffer().put(values);
        return tensor;
    }

    public static NativeTensor ofLongs(long[] values, long... dims) {
        NativeTensor tensor = allocateFor(values.length, 7, dims);
        tensor.memory.asLongBuffer().put(values);
        return tensor;
    }

    /** Unsigned bytes. */
    public static NativeTensor ofBytes(byte[] values, long... dims) {
        NativeTensor tensor = allocateFor(values.length, 2, dims);
        tensor.memory.duplicate().put(values);
        return tensor;
    }

    private static NativeTensor allocateFor(int count, int onnxType, long[] dims) {
        if (count(dims) != count) {
            throw new OnnxRuntimeException(count + " values for a tensor " + TensorInfo.describe(onnxType, dims));
        }
        return allocate(onnxType, dims);
    }

    private static NativeTensor wrap(int onnxType, ByteBuffer memory, boolean owns, long[] dims) {
        long bytes = count(dims) * ElementTypes.bytes(onnxType);
        if (memory.remaining() != bytes) {
            throw new OnnxRuntimeException("a tensor " + TensorInfo.describe(onnxType, dims) + " takes " + bytes
                    + " bytes, the buffer has " + memory.remaining());
        }
        try {
            OnnxTensor value = OnnxTensor.createTensor(Environment.ort(), memory, dims, ElementTypes.java(onnxType));
            return new NativeTensor(value, memory, owns, onnxType, dims);
        } catch (OrtException e) {
            throw OnnxRuntimeException.of("cannot make a tensor " + TensorInfo.describe(onnxType, dims), e);
        }
    }

    /** Wraps a tensor allocated by a run. */
    static NativeTensor produced(OnnxTensor value) {
        return new NativeTensor(
                value,
                null,
                false,
                ElementTypes.onnx(value.getInfo().onnxType),
                value.getInfo().getShape());
    }

    private static long count(long[] dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new OnnxRuntimeException("negative size in " + Arrays.toString(dims));
            }
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    OnnxTensor value() {
        if (value.isClosed()) {
            throw new IllegalStateException("a closed tensor " + this + " is used");
        }
        return value;
    }

    /** The ONNX number of the element type. */
    public int type() {
        return type;
    }

    public long[] dims() {
        return dims.clone();
    }

    long[] dimsShared() {
        return dims;
    }

    public long count() {
        return count(dims);
    }

    /**
     * The elements, little-endian. For a tensor created here this is a view of the native memory: the next run reads
     * what is written to it, and it shows what a run writes. For a tensor allocated by a run it is a copy.
     */
    public ByteBuffer buffer() {
        ByteBuffer bytes =
                memory != null ? memory.slice() : value().getByteBuffer().rewind();
        value();
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Pads a batch by repeating its last row. Rows of zeros could be invalid input for a model, or change the value
     * range that dynamic quantization of the batch uses.
     *
     * @param count number of valid rows along the first axis, 1 or more
     */
    public void repeatLast(int count) {
        ByteBuffer bytes = buffer();
        int row = Math.toIntExact(bytes.remaining() / dims[0]);
        ByteBuffer last = bytes.slice((count - 1) * row, row);
        bytes.position(count * row);
        while (bytes.hasRemaining()) {
            bytes.put(last.duplicate());
        }
    }

    /** A copy of the elements of a float tensor. */
    public float[] floats() {
        require(1);
        if (memory == null) {
            return value().getFloatBuffer().array();
        }
        float[] values = new float[Math.toIntExact(count())];
        buffer().asFloatBuffer().get(values);
        return values;
    }

    /** A copy of the elements of an int64 tensor. */
    public long[] longs() {
        require(7);
        long[] values = new long[Math.toIntExact(count())];
        buffer().asLongBuffer().get(values);
        return values;
    }

    /** The element of a float tensor with exactly one element. */
    public float scalar() {
        require(1);
        if (count() != 1) {
            throw new OnnxRuntimeException("expected one element, found " + this);
        }
        return buffer().getFloat(0);
    }

    private void require(int onnxType) {
        if (type != onnxType) {
            throw new OnnxRuntimeException(
                    "expected elements of type " + ElementTypes.name(onnxType) + ", found " + this);
        }
    }

    /** Frees the native memory. Closing twice has no effect. */
    @Override
    public synchronized void close() {
        if (value.isClosed()) {
            return;
        }
        value.close();
        if (ownsMemory) {
            DirectMemory.free(memory);
        }
    }

    @Override
    public String toString() {
        return TensorInfo.describe(type, dims);
    }
}
