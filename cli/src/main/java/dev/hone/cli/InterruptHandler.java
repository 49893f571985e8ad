package dev.hone.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Handles Ctrl-C (SIGINT), SIGTERM and SIGHUP, which comes when a terminal or a connection closes. A shutdown hook would be too late: ONNX Runtime has its own, which runs
 * concurrently and closes the sessions. The JVM's signal class is loaded reflectively, since it is not part of the Java
 * specification; without it, an interrupt ends the process immediately.
 */
final class InterruptHandler {
    private static final int INTERRUPTED = 130;

    private InterruptHandler() {}

    /** Runs the action at the first signal; a second one ends the process. */
    static void onFirst(Runnable action) {
        boolean[] heard = {false};
        handle("INT", action, heard);
        handle("TERM", action, heard);
        handle("HUP", action, heard);
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
            Object which = signal.getConstructor(String.class).newInstance(name);
            Object before = install.invoke(null, which, onSignal);
            // Started by nohup: the terminal may go, the work goes on.
            Object ignored = handler.getField("SIG_IGN").get(null);
            if (ignored.equals(before)) {
                install.invoke(null, which, ignored);
            }
        } catch (ReflectiveOperationException e) {
            // The signal does not exist on this system: it ends the process, and the last checkpoint is kept.
            return;
        }
    }
}
