package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The one native environment of the process. It says nothing: every failure arrives as an exception. */
final class Environment {
    /** Bytes, for the longest command line that Linux takes (2 MiB); memory is only taken as far as it is used. */
    private static final long STACK = 1L << 30;

    static final OrtEnvironment ORT;

    static {
        NativeLibraries.prepare();
        ORT = opened();
    }

    private Environment() {}

    /**
     * On a thread of its own: ONNX Runtime's telemetry looks through the command line of the process by regular expressions
     * that take about 270 bytes of stack for each of its characters, and the process dies without a word where they do not
     * fit, as on Java's 1 MiB from some 60 names of files on. With {@code ORT_DISABLE_TELEMETRY=1}, as {@code ./hone} sets it,
     * it does not.
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
            throw new IllegalStateException("interrupted while ONNX Runtime was started", e);
        }
    }

    /** A class of its own, as the outer one is being initialized, for which another thread would wait forever. */
    private static final class Opening implements Callable<OrtEnvironment> {
        @Override
        public OrtEnvironment call() {
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "hone");
        }
    }
}
