package dev.hone.graph;

import dev.hone.core.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An immutable, typed, little-endian tensor of fixed shape. Its bytes are on the heap or memory-mapped, so that models
 * larger than memory can be read.
 */
public final class Tensor {
    private final ElementType type;
    private final long[] dims;
    private final TensorData data;
    private final List<byte[]> strings;

    private Tensor(ElementType type, long[] dims, TensorData data, List<byte[]> strings) {
        this.type = type;
        this.dims = dims.clone();
        this.data = data;
        this.strings = strings;
    }

    // ---- making

    /** @param data exactly the packed little-endian elements */
    public static Tensor of(ElementType type, long[] dims, TensorData data) {
        long expected = type.bytes(count(dims));
        if (data.size() != expected) {
            throw new GraphException(
                    "a tensor " + type + Arrays.toString(dims) + " takes " + expected + " bytes, got " + data.size());
        }
        return new Tensor(type, dims, data, null);
    }

    public static Tensor of(ElementType type, long[] dims, byte[] data) {
        return of(type, dims, TensorData.of(ByteBuffer.wrap(data)));
    }

    public static Tensor of(ElementType type, long[] dims, ByteBuffer data) {
        return of(type, dims, TensorData.of(data));
    }

    /** A memory-mapped tensor in a file. */
    public static Tensor mapped(ElementType type, long[] dims, Path file, long offset) {
        return of(type, dims, TensorData.mapped(file, offset, type.bytes(count(dims))));
    }

    public static Tensor ofFloats(float[] values, long... dims) {
        ByteBuffer buffer = allocate(checkCount(values.length, dims), 4);
        buffer.asFloatBuffer().put(values);
        return of(ElementType.FLOAT, dims, buffer);
    }

    public static Tensor ofDoubles(double[] values, long... dims) {
        ByteBuffer buffer = allocate(checkCount(values.length, dims), 8);
        buffer.asDoubleBuffer().put(values);
        return of(ElementType.DOUBLE, dims, buffer);
    }

    public static Tensor ofLongs(long[] values, long... dims) {
        ByteBuffer buffer = allocate(checkCount(values.length, dims), 8);
        buffer.asLongBuffer().put(values);
        return of(ElementType.INT64, dims, buffer);
    }

    /** An int64 vector, as used for shapes, axes and indices. */
    public static Tensor vector(long... values) {
        return ofLongs(values, values.length);
    }

    public static Tensor ofInts(int[] values, long... dims) {
        ByteBuffer buffer = allocate(checkCount(values.length, dims), 4);
        buffer.asIntBuffer().put(values);
        return of(ElementType.INT32, dims, buffer);
    }

    /** Integers or booleans of a type of at least 8 bits, of which each value has the low bits: numbers wrap around. */
    public static Tensor ofIntegers(ElementType type, long[] values, long... dims) {
        int bytes = type.bits() / 8;
        ByteBuffer buffer = allocate(checkCount(values.length, dims), bytes);
        for (int i = 0; i < values.length; i++) {
            ElementCodec.putLong(type, buffer, i, type.wrapped(values[i]));
        }
        return of(type, dims, buffer);
    }

    public static Tensor ofBytes(ElementType type, byte[] values, long... dims) {
        checkCount(values.length, dims);
        return of(type, dims, values.clone());
    }

    public static Tensor ofBools(boolean[] values, long... dims) {
        byte[] bytes = new byte[checkCount(values.length, dims)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return of(ElementType.BOOL, dims, bytes);
    }

    public static Tensor ofStrings(List<byte[]> values, long... dims) {
        checkCount(values.size(), dims);
        return new Tensor(ElementType.STRING, dims, TensorData.of(ByteBuffer.allocate(0)), List.copyOf(values));
    }

    public static Tensor scalar(float value) {
        return ofFloats(new float[] {value});
    }

    public static Tensor scalar(long value) {
        return ofLongs(new long[] {value});
    }

    /** A tensor filled with one value, converted to the type. */
    public static Tensor filled(ElementType type, double value, long... dims) {
        double[] values = new double[Math.toIntExact(count(dims))];
        Arrays.fill(values, value);
        return ofDoubles(values, dims).to(type);
    }

    private static ByteBuffer allocate(int count, int bytes) {
        return ByteBuffer.allocate(Math.multiplyExact(count, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int checkCount(int count, long[] dims) {
        if (count(dims) != count) {
            throw new GraphException(count + " values for a tensor of shape " + Arrays.toString(dims));
        }
        return count;
    }

    /** The product of dimensions. @throws GraphException if one is negative or the product overflows */
    public static long count(long... dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new GraphException("negative dimension in " + Arrays.toString(dims));
            }
            try {
                product = Math.multiplyExact(product, dim);
            } catch (ArithmeticException e) {
                throw new GraphException("dimensions " + Arrays.toString(dims) + " are too large", e);
            }
        }
        return product;
    }

    // ---- reading

    public ElementType type() {
        return type;
    }

    public long[] dims() {
        return dims.clone();
    }

    public int rank() {
        return dims.length;
    }

    public long dim(int axis) {
        return dims[axis < 0 ? axis + dims.length : axis];
    }

    public long count() {
        return count(dims);
    }

    /** The packed little-endian bytes. */
    public TensorData data() {
        return data;
    }

    /** The bytes as one read-only little-endian buffer. @throws GraphException past 2 GiB */
    public ByteBuffer buffer() {
        return data.all();
    }

    public List<byte[]> strings() {
        if (type != ElementType.STRING) {
            throw new GraphException("a tensor of " + type + " contains no strings");
        }
        return strings;
    }

    public String string(int index) {
        return new String(strings().get(index), StandardCharsets.UTF_8);
    }

    /** A copy of the elements as floats, from any numeric type. */
    public float[] floats() {
        int n = Math.toIntExact(count());
        float[] values = new float[n];
        if (type == ElementType.FLOAT) {
            buffer().asFloatBuffer().get(values);
            return values;
        }
        ByteBuffer b = buffer();
        for (int i = 0; i < n; i++) {
            values[i] = (float) ElementCodec.getDouble(type, b, i);
        }
        return values;
    }

    /** A copy of the elements as doubles, from any numeric type. */
    public double[] doubles() {
        double[] values = new double[Math.toIntExact(count())];
        ByteBuffer b = buffer();
        for (int i = 0; i < values.length; i++) {
            values[i] = ElementCodec.getDouble(type, b, i);
        }
        return values;
    }

    /** A copy of the elements as integers, from any integer type or booleans. */
    public long[] longs() {
        long[] values = new long[Math.toIntExact(count())];
        ByteBuffer b = buffer();
        for (int i = 0; i < values.length; i++) {
            values[i] = ElementCodec.getLong(type, b, i);
        }
        return values;
    }

    /** The element of a scalar or one-element tensor. */
    public float scalarFloat() {
        requireSingle();
        return floats()[0];
    }

    public long scalarLong() {
        requireSingle();
        return longs()[0];
    }

    private void requireSingle() {
        if (count() != 1) {
            throw new GraphException("expected one element, found shape " + Arrays.toString(dims));
        }
    }

    List<Dim> toDims() {
        List<Dim> result = new ArrayList<>();
        for (long value : longs()) {
            result.add(Dim.of(value));
        }
        return List.copyOf(result);
    }

    // ---- deriving

    /** The same elements with another shape of the same count. */
    public Tensor reshape(long... newDims) {
        if (count(newDims) != count()) {
            throw new GraphException("cannot reshape " + Arrays.toString(dims) + " to " + Arrays.toString(newDims));
        }
        return new Tensor(type, newDims, data, strings);
    }

    /** Converted element by element; integers round to nearest even and saturate. */
    public Tensor to(ElementType target) {
        if (target == type) {
            return this;
        }
        int n = Math.toIntExact(count());
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(target.bytes(n))).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer in = buffer();
        for (int i = 0; i < n; i++) {
            if (type.isInteger() && target.isInteger()) {
                ElementCodec.putInteger(type, target, out, i, ElementCodec.getLong(type, in, i));
            } else {
                ElementCodec.putDouble(target, out, i, ElementCodec.getDouble(type, in, i));
            }
        }
        return of(target, dims, out);
    }

    /** Permutes the axes, like ONNX's Transpose; for types of at least one byte. */
    public Tensor transpose(int... perm) {
        int rank = dims.length;
        if (perm.length != rank) {
            throw new GraphException("permutation " + Arrays.toString(perm) + " for shape " + Arrays.toString(dims));
        }
        int width = type.bits() / 8;
        if (width == 0) {
            throw new GraphException("cannot transpose a tensor of " + type);
        }
        long[] out = new long[rank];
        int[] stride = new int[rank];
        int[] source = new int[rank];
        int step = 1;
        for (int i = rank - 1; i >= 0; i--) {
            source[i] = step;
            step *= (int) dims[i];
        }
        for (int i = 0; i < rank; i++) {
            out[i] = dims[perm[i]];
            stride[i] = source[perm[i]];
        }
        int n = Math.toIntExact(count());
        ByteBuffer in = buffer();
        byte[] result = new byte[n * width];
        int[] index = new int[rank];
        int at = 0;
        for (int i = 0; i < n; i++) {
            in.get(at * width, result, i * width, width);
            for (int axis = rank - 1; axis >= 0; axis--) {
                index[axis]++;
                at += stride[axis];
                if (index[axis] < out[axis]) {
                    break;
                }
                at -= stride[axis] * index[axis];
                index[axis] = 0;
            }
        }
        return of(type, out, result);
    }

    /** Same type, shape and bytes. */
    public boolean contentEquals(Tensor other) {
        if (type != other.type || !Arrays.equals(dims, other.dims)) {
            return false;
        }
        if (type == ElementType.STRING) {
            for (int i = 0; i < strings.size(); i++) {
                if (!Arrays.equals(strings.get(i), other.strings.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return data.contentEquals(other.data);
    }

    @Override
    public String toString() {
        return type + Arrays.toString(dims);
    }
}
