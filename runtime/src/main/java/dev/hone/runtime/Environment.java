package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The ONNX Runtime environment of the process. Logging is off: every failure arrives as an exception. */
final class Environment {
    /**
     * Stack size in bytes, enough for the longest command line that Linux allows (2 MiB). Only the used part takes
     * memory.
     */
    private static final long STACK = 1L << 30;

    static final OrtEnvironment ORT;

    static {
        NativeLibraries.prepare();
        ORT = opened();
    }

    private Environment() {}

    /**
     * Created on a separate thread with a large stack. ONNX Runtime's telemetry scans the command line of the process
     * with regular expressions that take about 270 bytes of stack per character. If the stack overflows, the process
     * dies silently; with Java's default of 1 MiB that happens from about 60 file names on. {@code
     * ORT_DISABLE_TELEMETRY=1}, which {@code ./hone} sets, disables the scan.
     */
    private static OrtEnvironment opened() {
        FutureTask<OrtEnvironment> opening = new FutureTask<>(new Opening());
        new Thread(null, opening, "onnxruntime", STACK).start();
        try {
            return opening.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("ONNX Runtime cannot be started", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting ONNX Runtime", e);
        }
    }

    /** A separate class: the outer class is still being initialized, and another thread using it would wait forever. */
    private static final class Opening implements Callable<OrtEnvironment> {
        @Override
        public OrtEnvironment call() {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hone");
        }
    }
}
