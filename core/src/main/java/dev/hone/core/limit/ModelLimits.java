package dev.hone.core.limit;

import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The limits of model files. Every file and every serialized model passes them before it is parsed or opened by the
 * runtime, whose native code recurses through functions and subgraphs, expands functions and computes constants without
 * any of its own. Nothing is loaded for that: the fields are stepped over where they lie.
 */
public final class ModelLimits {
    /** An ONNX file, as every Protocol Buffers message, has at most 2 GiB. */
    static final long FILE = Integer.MAX_VALUE;

    /** Graphs within graphs; ONNX Runtime reads no more. */
    static final int SUBGRAPHS = 32;

    /** Types within types, such as sequences of sequences. */
    static final int TYPES = 16;

    /** Functions that call functions. Exporters reach 10 to 20; near 400 the runtime's stack overflows. */
    static final int CALLS = 64;

    /** Nodes in the file. The runtime takes 25 s to open 200,000. */
    static final long NODES = 500_000;

    /** Nodes after functions are expanded, if there are functions. */
    static final long EXPANDED = 100_000;

    /** Values, tensors and attributes in the file. */
    static final long PARTS = 10_000_000;

    /** Elements of a tensor: 2^48. */
    static final long ELEMENTS = 1L << 48;

    /** Axes of a tensor. */
    static final int RANK = 64;

    /** Bytes of a name. */
    static final int NAME = 1 << 16;

    /** Bytes of all metadata of a model. */
    static final long METADATA = 64L << 20;

    /** Bytes that constants may take beside four times those of the file and its external data. */
    static final long CONSTANTS = 2L << 30;

    private ModelLimits() {}

    /**
     * A model that passed.
     *
     * @param carriesIntoSubgraph the runtime crashes when it optimizes its quantized values, see {@link CarriedDequantize}
     */
    public record Passed(boolean carriesIntoSubgraph) {}

    /**
     * Estimates what the constants of a model take when everything that depends on nothing else is computed. It is asked
     * only where sums and products of the sizes in the file do not rule out that it is much.
     */
    public interface ConstantMemory {
        /**
         * @param model a serialized model that has passed the other limits
         * @param file where it comes from, or null
         * @return a lower bound in bytes
         */
        double bytes(ByteBuffer model, Path file);
    }

    /**
     * Checks a serialized model, which may have no external data.
     *
     * @return what the runtime must be told to open it
     * @throws MalformedException if it is none, or incomplete
     * @throws LimitException if it exceeds a limit; the message is about "it", for a file name in front
     */
    public static Passed check(ByteBuffer model) {
        return check(model, null);
    }

    /**
     * Checks a file and the places of its external data.
     *
     * @return what the runtime must be told to open it
     * @throws MalformedException if it is no model, or incomplete
     * @throws HoneException if it cannot be read or exceeds a limit
     */
    public static Passed check(Path file) {
        try {
            return check(content(file), file);
        } catch (IOException e) {
            throw new LimitException("cannot be read: " + FileErrors.reason(e), e);
        }
    }

    /**
     * Checks the content of a file and the places of its external data.
     *
     * @param file to whose folder external data are relative; null if there may be none
     */
    public static Passed check(ByteBuffer model, Path file) {
        ModelScan scan = new ModelScan(model, file == null ? null : new ExternalFiles(file));
        scan.run();
        long allowed = CONSTANTS + 4 * (model.capacity() + scan.externalBytes());
        for (Map.Entry<String, Double> tensor : scan.sparse().entrySet()) {
            if (tensor.getValue() > allowed) {
                throw tooLarge(
                        "tensor '" + tensor.getKey() + "', stored sparsely, takes " + readable(tensor.getValue()));
            }
        }
        if (scan.constants().upperBound() > allowed) {
            // Only what shapes say for certain is refused; without a module that knows operators, nothing is certain.
            double bytes = ServiceLoader.load(ConstantMemory.class)
                    .findFirst()
                    .map(estimate -> estimate.bytes(model, file))
                    .orElse(0.0);
            if (bytes > allowed) {
                throw tooLarge("its constants, once computed, take " + readable(bytes));
            }
        }
        return new Passed(scan.carriesIntoSubgraph());
    }

    /** The files with external data that a model names; none if it cannot be read, which reading it will say. */
    public static Set<Path> externalFiles(Path file) {
        ModelScan scan = null;
        try {
            scan = new ModelScan(content(file), new ExternalFiles(file));
            scan.run();
            return scan.externalFiles();
        } catch (HoneException | IOException e) {
            return scan == null ? Set.of() : scan.externalFiles();
        }
    }

    private static ByteBuffer content(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > FILE) {
                throw new LimitException("takes " + size + " bytes, an ONNX file can have 2 GiB at most;"
                        + " export the model with external data");
            }
            return size < 1 << 20
                    ? ByteBuffer.wrap(Files.readAllBytes(file))
                    : channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
        }
    }

    private static LimitException tooLarge(String what) {
        return new LimitException(what + " in memory, more than 2 GiB beside four times the file;"
                + " the file is damaged, or was made to exhaust the memory");
    }

    private static String readable(double bytes) {
        return bytes < 1e4 * (1L << 30)
                ? Math.round(bytes / (1L << 30)) + " GiB"
                : String.format(Locale.ROOT, "%.0e bytes", bytes);
    }
}
