package dev.hone.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;

/**
 * Frees direct buffers immediately. If left to the garbage collector they accumulate: a buffer of megabytes takes a few
 * dozen bytes of the Java heap and does not trigger a collection.
 */
final class DirectMemory {
    private static final MethodHandle CLEANER = find();

    private DirectMemory() {}

    private static MethodHandle find() {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field instance = type.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(type, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(instance.get(null));
        } catch (ReflectiveOperationException e) {
            // This JVM has no invokeCleaner: the garbage collector frees the memory later.
            return null;
        }
    }

    /** @param buffer a buffer returned by {@link ByteBuffer#allocateDirect}, not a view of one */
    static void free(ByteBuffer buffer) {
        if (CLEANER == null || buffer.capacity() == 0) {
            return;
        }
        try {
            CLEANER.invoke(buffer);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
