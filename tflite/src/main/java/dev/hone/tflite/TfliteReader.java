package dev.hone.tflite;

import dev.hone.core.ElementType;
import dev.hone.core.HoneException;
import dev.hone.core.file.FileErrors;
import dev.hone.core.limit.LimitException;
import dev.hone.core.limit.MalformedException;
import dev.hone.graph.GraphException;
import dev.hone.graph.Model;
import dev.hone.graph.verify.Verifier;
import dev.hone.tflite.convert.TfliteConverter;
import dev.hone.tflite.file.TfliteFile;
import dev.hone.tflite.file.TfliteGraph;
import dev.hone.tflite.file.TfliteMetadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads TFLite files as models of ONNX operators. */
public final class TfliteReader {
    /** Model files of at least this size are memory-mapped instead of copied to the heap. */
    private static final long MAPPED_FROM = 64L << 20;

    private static final int HEADER = 8;

    /** Metadata key of the class names in the order of the scores, one a line. */
    public static final String LABELS_KEY = "tflite.labels";

    /**
     * Metadata key of what an input of images takes: {@link #BYTES}, or {@link #NOT_STATED} where the file says nothing of the
     * normalization.
     */
    public static final String PIXELS_KEY = "tflite.pixels";

    /** Pixels of 0 to 255: their normalization is inside the graph, or the input is of bytes. */
    public static final String BYTES = "bytes";

    public static final String NOT_STATED = "not stated";

    /** What precedes the other metadata of a file in keys: {@code name}, {@code author} and {@code license}. */
    private static final String PREFIX = "tflite.";

    private TfliteReader() {}

    /** Whether a file begins as TFLite files do, whatever its name. False if it cannot be read. */
    public static boolean isTflite(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(HEADER);
            while (head.hasRemaining() && channel.read(head) >= 0) {}
            return !head.hasRemaining() && TfliteFile.isTflite(head);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads a file with the image size that it states.
     *
     * <p>Where the metadata say how pixels are normalized, that is in the graph, and the input takes 0 to 255. Labels are kept, see
     * {@link #LABELS_KEY}.
     *
     * <p>Inputs and outputs of four axes, [N,H,W,C] in the file, are [N,C,H,W]; the batch is open where the graph allows it.
     * Names of tensors are kept. Weights of float16 become float. A fully quantized model is in the form of
     * {@code QuantizeLinear} and {@code DequantizeLinear}: it takes the integers of the file and gives numbers.
     *
     * @throws GraphException if it cannot be read, is no TFLite model or a damaged one, exceeds a limit, or has an operator that
     *     is not supported; one line that begins with the file
     */
    public static Model read(Path file) {
        return read(file, false);
    }

    /**
     * Reads a file.
     *
     * @param openSize whether height and width of images become symbols, where the graph is right for every size
     */
    public static Model read(Path file, boolean openSize) {
        try {
            ByteBuffer bytes = load(file);
            if (!TfliteFile.isTflite(bytes)) {
                throw new GraphException("is not a TFLite model; convert or copy it again");
            }
            return read(bytes, openSize);
        } catch (MalformedException e) {
            throw new GraphException(
                    file + ": is a truncated or damaged TFLite model (" + e.getMessage()
                            + "); download or copy it again",
                    e);
        } catch (HoneException e) {
            throw new GraphException(file + ": " + e.getMessage(), e);
        }
    }

    private static Model read(ByteBuffer bytes, boolean openSize) {
        TfliteGraph file;
        try {
            file = TfliteFile.read(bytes);
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedException("an offset lies outside of the file");
        }
        Model model = new Model(TfliteConverter.convert(file, bytes.capacity(), openSize));
        model.setProducer("TFLite", file.description().strip());
        describe(model, file);
        Verifier.checkNodes(model);
        return model;
    }

    private static void describe(Model model, TfliteGraph file) {
        TfliteMetadata about = file.metadata();
        put(model, PREFIX + "name", about.name());
        put(model, PREFIX + "author", about.author());
        put(model, PREFIX + "license", about.license());
        put(model, LABELS_KEY, String.join("\n", about.labels()));
        if (model.graph().inputs().size() == 1) {
            boolean takesBytes = model.graph().inputs().get(0).type() == ElementType.UINT8;
            model.metadata().put(PIXELS_KEY, takesBytes || TfliteConverter.isNormalized(file) ? BYTES : NOT_STATED);
        }
    }

    private static void put(Model model, String key, String value) {
        if (!value.isBlank()) {
            model.metadata().put(key, value);
        }
    }

    private static ByteBuffer load(Path file) {
        if (!Files.exists(file)) {
            throw new GraphException(FileErrors.MISSING);
        }
        if (!Files.isRegularFile(file)) {
            throw new GraphException("is no regular file, expected a .tflite file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new LimitException("takes " + size + " bytes, a TFLite file can have 2 GiB at most");
            }
            return size >= MAPPED_FROM
                    ? channel.map(FileChannel.MapMode.READ_ONLY, 0, size)
                    : ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new GraphException("cannot be read: " + FileErrors.reason(e), e);
        }
    }
}
