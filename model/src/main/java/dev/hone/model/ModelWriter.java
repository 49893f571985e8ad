package dev.hone.model;

import dev.hone.graph.Model;
import dev.hone.graph.onnx.OnnxWriter;
import dev.hone.runtime.OnnxRuntimeException;
import dev.hone.runtime.Session;
import dev.hone.runtime.SessionOptions;
import dev.hone.runtime.SessionOptions.Optimization;
import java.nio.file.Path;

/**
 * Writes models for users: beside the target, opened by the runtime, then moved into place. A file that the runtime
 * refuses replaces nothing.
 *
 * <p>The runtime opens the file as it was written, without optimizing it and without preparing weights, so that the check
 * takes little more than reading. External data are mapped, not loaded: a model larger than memory is checked in the same
 * way, within bounded memory. A file with operators for which only the optimized form has kernels is opened once more,
 * optimized.
 */
public final class ModelWriter {
    private static final SessionOptions PLAIN = SessionOptions.defaults()
            .withThreads(1)
            .withArena(false)
            .withOptimization(Optimization.NONE)
            .withConfig("session.disable_prepacking", "1");

    private ModelWriter() {}

    /**
     * Writes one file, or, beyond the 2 GiB that an ONNX file can have, the file and its external data.
     *
     * @throws dev.hone.graph.GraphException if it cannot be written
     * @throws OnnxRuntimeException if the runtime cannot open it; nothing is replaced then
     */
    public static void write(Model model, Path file) {
        OnnxWriter.write(model, file, written -> requireLoadable(written, file));
    }

    /**
     * Writes a model whose large tensors are in an external data file already.
     *
     * @param finished a complete file in the folder of {@code file}, which becomes its external data
     * @throws dev.hone.graph.GraphException if it cannot be written
     * @throws OnnxRuntimeException if the runtime cannot open it; nothing is replaced or renamed then
     */
    public static void write(Model model, Path file, Path finished) {
        OnnxWriter.write(model, file, finished, written -> requireLoadable(written, file));
    }

    private static void requireLoadable(Path written, Path target) {
        try {
            open(written, PLAIN);
        } catch (OnnxRuntimeException refused) {
            try {
                open(written, PLAIN.withOptimization(Optimization.ALL));
            } catch (OnnxRuntimeException e) {
                throw new OnnxRuntimeException(target + ": not written, since ONNX Runtime would not open it: "
                        + refused.getMessage().replace(written.toString(), target.toString()));
            }
        }
    }

    private static void open(Path file, SessionOptions options) {
        Session.open(file, options).close();
    }
}
