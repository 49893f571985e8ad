package dev.hone.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Hears Ctrl-C and the system's request to end. A shutdown hook would come too late: the native runtime has one of its
 * own, which runs at the same time and takes the sessions away. The JVM's signal class is looked up by name, since it is
 * no part of the Java platform's specification; where it is missing, an interrupt ends the program at once.
 */
final class InterruptHandler {
    private static final int INTERRUPTED = 130;

    private InterruptHandler() {}

    /** Runs the action at the first interrupt; a second one ends the program. */
    static void onFirst(Runnable action) {
        boolean[] heard = {false};
        handle("INT", action, heard);
        handle("TERM", action, heard);
    }

    private static void handle(String name, Runnable action, boolean[] heard) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(
                    InterruptHandler.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (!method.getName().equals("handle")) {
                            return null;
                        }
                        if (heard[0]) {
                            Runtime.getRuntime().halt(INTERRUPTED);
                        }
                        heard[0] = true;
                        action.run();
                        return null;
                    });
            Method install = signal.getMethod("handle", signal, handler);
            install.invoke(null, signal.getConstructor(String.class).newInstance(name), onSignal);
        } catch (ReflectiveOperationException e) {
            // No such signal on this system: an interrupt ends the program, the last checkpoint stays.
            return;
        }
    }
}
