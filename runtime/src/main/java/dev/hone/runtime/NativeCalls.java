package dev.hone.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets a process end while threads are in native code. When a process exits, ONNX Runtime closes its environment in a
 * shutdown hook, and the C++ library then frees its static tables; a session that is being opened meanwhile reads freed
 * memory, and the process dies of SIGABRT or SIGSEGV instead of ending with its exit code. Here a hook lets no call in
 * any more and waits for those that are in.
 */
final class NativeCalls {
    /** For how long the end of a process waits, in seconds. A call that takes longer may still crash. */
    private static final long PATIENCE = 10;

    private static final ReentrantReadWriteLock LOCK = new ReentrantReadWriteLock();

    private static volatile boolean ended;

    private NativeCalls() {}

    /**
     * Before native code; {@link #leave()} follows on the same thread.
     *
     * @throws OnnxRuntimeException if the process is ending
     */
    static void enter() {
        LOCK.readLock().lock();
        if (ended) {
            LOCK.readLock().unlock();
            throw new OnnxRuntimeException("the process is ending, no model is opened or run any more");
        }
    }

    static void leave() {
        LOCK.readLock().unlock();
    }

    static void endWithProcess(OrtEnvironment environment) {
        hold(environment);
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(NativeCalls::end, "end of native calls"));
        } catch (IllegalStateException e) {
            // The process is ending already.
            ended = true;
        }
    }

    private static void end() {
        ended = true;
        try {
            if (LOCK.writeLock().tryLock(PATIENCE, TimeUnit.SECONDS)) {
                LOCK.writeLock().unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The hook of ONNX Runtime runs at the same time as that of this class and gives one reference back. With a second
     * reference, which only a private method hands out, the environment outlives the calls.
     */
    private static void hold(OrtEnvironment environment) {
        try {
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            create.setAccessible(true);
            api.setAccessible(true);
            create.invoke(environment, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL.getValue(), "hone");
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Another version of ONNX Runtime, or modules that keep it shut: the environment ends with the hook.
            return;
        }
    }
}
