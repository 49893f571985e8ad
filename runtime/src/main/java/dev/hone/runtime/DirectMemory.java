package dev.hone.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;

/**
 * Gives direct buffers back at once. Left to the garbage collector they pile up, because a buffer of megabytes is a few
 * dozen bytes on the Java heap and never makes a collection necessary.
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
            // A JVM without it: the garbage collector frees the memory, later.
            return null;
        }
    }

    /** @param buffer one that {@link ByteBuffer#allocateDirect} returned itself, no view of it */
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
