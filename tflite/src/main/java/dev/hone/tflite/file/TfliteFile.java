package dev.hone.tflite.file;

import dev.hone.core.limit.LimitException;
import dev.hone.core.limit.MalformedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the tables of a TFLite file. The numbers of the fields are those of the published schema, version 3. What a file
 * may have of each thing is limited before any of it is taken.
 */
public final class TfliteFile {
    /** Bytes 4 to 8 of every TFLite file. */
    public static final String IDENTIFIER = "TFL3";

    private static final int VERSION = 3;

    private static final int MOST_OPERATORS = 100_000;
    private static final int MOST_TENSORS = 500_000;
    private static final int MOST_OPERANDS = 1_000;

    /** Axes of a tensor; TFLite's own operators take no more. */
    private static final int MOST_AXES = 8;

    private static final int MOST_NAME_BYTES = 1 << 12;
    private static final long MOST_NAMES_BYTES = 64L << 20;

    private static final int MOST_SCALES = 1 << 20;
    private static final long MOST_SCALES_IN_ALL = 16L << 20;

    /** Elements of a tensor; an array in Java has no more. */
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    private final ByteBuffer file;
    private final List<FlatTable> buffers;
    private long nameBytes;
    private long scales;

    private TfliteFile(ByteBuffer file, List<FlatTable> buffers) {
        this.file = file;
        this.buffers = buffers;
    }

    /** Whether the file begins as a TFLite file does. */
    public static boolean isTflite(ByteBuffer file) {
        return FlatTable.isKind(file, IDENTIFIER);
    }

    /**
     * Reads the main graph of a file.
     *
     * @throws MalformedException if it is truncated or damaged
     * @throws LimitException if it is of a version or of a size that is not read
     */
    public static TfliteGraph read(ByteBuffer file) {
        FlatTable model = FlatTable.root(file);
        int version = model.integer(0, 0);
        if (version != VERSION) {
            throw new LimitException("has version " + Integer.toUnsignedString(version) + " of the TFLite format, only "
                    + VERSION + " is read; convert the model again");
        }
        if (model.count(4, 4) > MOST_TENSORS) {
            throw tooMany(model.count(4, 4), "buffers", MOST_TENSORS);
        }
        return new TfliteFile(file, model.tables(4)).read(model);
    }

    private static LimitException tooMany(long count, String what, long most) {
        return new LimitException("has " + count + " " + what + ", at most " + most + " are read");
    }

    private TfliteGraph read(FlatTable model) {
        List<FlatTable> subgraphs = model.tables(2);
        if (subgraphs.isEmpty()) {
            throw new MalformedException("it has no graph");
        }
        FlatTable graph = subgraphs.get(0);
        List<TfliteTensor> tensors = tensors(graph);
        List<TfliteOperator> operators = operators(graph, codes(model), tensors.size());
        return new TfliteGraph(
                text(model, 3),
                tensors,
                operators,
                indices(graph, 1, tensors.size(), false),
                indices(graph, 2, tensors.size(), false),
                MetadataReader.read(file, named(model, "TFLITE_METADATA")));
    }

    /** The buffer of metadata of a name, null if there is none. */
    private ByteBuffer named(FlatTable model, String name) {
        if (model.count(6, 4) > MOST_OPERANDS) {
            return null;
        }
        for (FlatTable entry : model.tables(6)) {
            if (text(entry, 0).equals(name)) {
                return data(entry.integer(1, 0));
            }
        }
        return null;
    }

    private String text(FlatTable table, int field) {
        String text = table.text(field, MOST_NAME_BYTES);
        nameBytes += text.length();
        if (nameBytes > MOST_NAMES_BYTES) {
            throw new LimitException("has names of more than " + (MOST_NAMES_BYTES >> 20) + " MiB in all");
        }
        return text;
    }

    // ---- operators

    private record Code(String name, boolean isCustom) {}

    private List<Code> codes(FlatTable model) {
        if (model.count(1, 4) > MOST_OPERATORS) {
            throw tooMany(model.count(1, 4), "kinds of operators", MOST_OPERATORS);
        }
        List<Code> codes = new ArrayList<>();
        for (FlatTable code : model.tables(1)) {
            int number = Math.max(code.signedByte(0, 0), code.integer(3, 0));
            boolean custom = number == OperatorNames.CUSTOM;
            codes.add(new Code(custom ? text(code, 1) : OperatorNames.of(number), custom));
        }
        return codes;
    }

    private List<TfliteOperator> operators(FlatTable graph, List<Code> codes, int tensors) {
        if (graph.count(3, 4) > MOST_OPERATORS) {
            throw tooMany(graph.count(3, 4), "operators", MOST_OPERATORS);
        }
        List<TfliteOperator> operators = new ArrayList<>();
        for (FlatTable operator : graph.tables(3)) {
            int code = operator.integer(0, 0);
            if (code < 0 || code >= codes.size()) {
                throw new MalformedException("operator " + operators.size() + " is of a kind that is not in its list");
            }
            operators.add(new TfliteOperator(
                    operators.size(),
                    codes.get(code).name(),
                    codes.get(code).isCustom(),
                    indices(operator, 1, tensors, true),
                    indices(operator, 2, tensors, false),
                    operator.unsignedByte(3, 0) == 0 ? null : operator.table(4),
                    operator.bytes(5)));
        }
        return operators;
    }

    private static int[] indices(FlatTable table, int field, int tensors, boolean mayBeAbsent) {
        if (table.count(field, 4) > MOST_OPERANDS) {
            throw tooMany(table.count(field, 4), "tensors at one operator", MOST_OPERANDS);
        }
        int[] indices = table.integers(field);
        for (int index : indices) {
            if (index >= tensors || index < (mayBeAbsent ? -1 : 0)) {
                throw new MalformedException("tensor " + index + " is used, there are " + tensors);
            }
        }
        return indices;
    }

    // ---- tensors

    private List<TfliteTensor> tensors(FlatTable graph) {
        if (graph.count(0, 4) > MOST_TENSORS) {
            throw tooMany(graph.count(0, 4), "tensors", MOST_TENSORS);
        }
        List<TfliteTensor> tensors = new ArrayList<>();
        for (FlatTable table : graph.tables(0)) {
            tensors.add(tensor(tensors.size(), table));
        }
        return tensors;
    }

    private TfliteTensor tensor(int index, FlatTable table) {
        String given = text(table, 3);
        String name = given.isEmpty() ? "tensor_" + index : given;
        int[] shape = axes(table, 0, name);
        int[] signature = axes(table, 7, name);
        ByteBuffer data = data(table.integer(2, 0));
        return new TfliteTensor(
                index,
                name,
                shape,
                signature.length == shape.length ? signature : shape,
                TensorType.of(table.signedByte(1, 0)),
                quantization(table.table(4), shape, name),
                data == null || data.capacity() == 0 && elements(shape, name) > 0 ? null : data,
                sparsity(table.table(6), name),
                table.flag(5));
    }

    private static Sparsity sparsity(FlatTable table, String name) {
        if (table == null) {
            return null;
        }
        if (table.count(0, 4) > 2 * MOST_AXES || table.count(1, 4) > MOST_AXES || table.count(2, 4) > 2 * MOST_AXES) {
            throw tooMany(table.count(0, 4), "axes at the sparse tensor '" + name + "'", 2L * MOST_AXES);
        }
        List<Sparsity.Axis> axes = new ArrayList<>();
        for (FlatTable axis : table.tables(2)) {
            axes.add(new Sparsity.Axis(
                    axis.signedByte(0, 0) == 0, Math.max(0, axis.integer(1, 0)), indices(axis, 2), indices(axis, 4)));
        }
        return new Sparsity(table.integers(0), table.integers(1), axes);
    }

    /** A vector whose elements have 1, 2 or 4 bytes: a kind and a table with the vector. */
    private static int[] indices(FlatTable axis, int field) {
        FlatTable vector = axis.table(field + 1);
        if (vector == null) {
            return new int[0];
        }
        return switch (axis.unsignedByte(field, 0)) {
            case 1 -> vector.integers(0);
            case 2 -> vector.unsigned(0, 2);
            case 3 -> vector.unsigned(0, 1);
            default -> throw new MalformedException("indices of a sparse tensor are of an unknown kind");
        };
    }

    private static int[] axes(FlatTable table, int field, String name) {
        if (table.count(field, 4) > MOST_AXES) {
            throw tooMany(table.count(field, 4), "axes at tensor '" + name + "'", MOST_AXES);
        }
        int[] shape = table.integers(field);
        if (Arrays.stream(shape).anyMatch(size -> size < (field == 7 ? -1 : 0))) {
            throw new MalformedException("tensor '" + name + "' has the shape " + Arrays.toString(shape));
        }
        if (field == 0) {
            elements(shape, name);
        }
        return shape;
    }

    private static long elements(int[] shape, String name) {
        long elements = 1;
        for (int size : shape) {
            elements *= size;
            if (elements > MOST_ELEMENTS) {
                throw tooMany(elements, "elements in tensor '" + name + "'", MOST_ELEMENTS);
            }
        }
        return elements;
    }

    private Quantization quantization(FlatTable table, int[] shape, String name) {
        int count = table == null ? 0 : table.count(2, 4);
        if (count == 0) {
            return null;
        }
        if (table.unsignedByte(4, 0) != 0) {
            throw new LimitException("tensor '" + name + "' is quantized in a way of its own, which is not read");
        }
        scales += count;
        if (count > MOST_SCALES || scales > MOST_SCALES_IN_ALL) {
            throw tooMany(scales, "quantization scales", MOST_SCALES_IN_ALL);
        }
        // Of one axis there is no choice, and older converters wrote that of the weights to a bias.
        int axis = shape.length == 1 ? 0 : table.integer(6, 0);
        if (count > 1 && (axis < 0 || axis >= shape.length || shape[axis] != count)) {
            throw new MalformedException(
                    "tensor '" + name + "' has " + count + " quantization scales for its axis " + axis);
        }
        int points = table.count(3, 8);
        if (points != 0 && points != 1 && points != count) {
            throw new MalformedException(
                    "tensor '" + name + "' has " + count + " scales and " + points + " zero points");
        }
        float[] factors = table.numbers(2);
        for (float factor : factors) {
            if (!(factor >= 0) || Float.isInfinite(factor)) {
                throw new MalformedException("tensor '" + name + "' has the quantization scale " + factor);
            }
        }
        long[] given = table.longs(3);
        long[] zeroPoints = new long[count];
        for (int i = 0; i < count && points > 0; i++) {
            zeroPoints[i] = given[points == 1 ? 0 : i];
        }
        return new Quantization(factors, zeroPoints, count > 1 ? axis : 0);
    }

    /** The bytes of a buffer, null if it has none. */
    private ByteBuffer data(int buffer) {
        if (buffer == 0) {
            return null;
        }
        if (buffer < 0 || buffer >= buffers.size()) {
            throw new MalformedException("buffer " + buffer + " is used, there are " + buffers.size());
        }
        FlatTable table = buffers.get(buffer);
        long offset = table.size(1);
        if (offset > 1) {
            long size = table.size(2);
            if (offset > file.capacity() || size > file.capacity() - offset) {
                throw new MalformedException("buffer " + buffer + " lies outside of the file");
            }
            return file.slice((int) offset, (int) size);
        }
        return table.bytes(0);
    }
}
