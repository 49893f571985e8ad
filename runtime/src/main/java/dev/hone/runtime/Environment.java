package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The ONNX Runtime environment of the process. Logging is off: every failure arrives as an exception. */
final class Environment {
    /**
     * Stack size in bytes, enough for the longest command line that Linux allows (2 MiB). Only the used part takes
     * memory.
     */
    private static final long STACK = 1L << 30;

    private static OrtEnvironment ort;

    private static OnnxRuntimeException failure;

    private Environment() {}

    /** @throws OnnxRuntimeException if the native library cannot be loaded, every time with the same reason */
    static synchronized OrtEnvironment ort() {
        if (ort == null && failure == null) {
            try {
                NativeLibraries.prepare();
                ort = opened();
                NativeCalls.endWithProcess(ort);
            } catch (OnnxRuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw new OnnxRuntimeException(failure.getMessage(), failure);
        }
        return ort;
    }

    /**
     * Created on a separate thread with a large stack. ONNX Runtime's telemetry scans the command line of the process
     * with regular expressions that take about 270 bytes of stack per character. If the stack overflows, the process
     * dies silently; with Java's default of 1 MiB that happens from about 60 file names on. {@code
     * ORT_DISABLE_TELEMETRY=1}, which {@code ./hone} sets, disables the scan.
     */
    private static OrtEnvironment opened() {
        FutureTask<OrtEnvironment> opening =
                new FutureTask<>(() -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hone"));
        new Thread(null, opening, "onnxruntime", STACK).start();
        try {
            return opening.get();
        } catch (ExecutionException e) {
            Throwable reason = e.getCause();
            while (reason.getCause() != null) {
                reason = reason.getCause();
            }
            throw new OnnxRuntimeException("ONNX Runtime cannot be started: " + reason.getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OnnxRuntimeException("interrupted while starting ONNX Runtime", e);
        }
    }
}
