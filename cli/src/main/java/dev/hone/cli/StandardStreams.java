package dev.hone.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ExitCode;

/**
 * Standard output and error in UTF-8, whatever the locale. Java's own streams swallow errors; here the first one on
 * standard output is kept, and the work is stopped: nobody gets what it would print.
 */
final class StandardStreams {
    private static final int BUFFER = 8192;

    private static volatile IOException failure;
    private static volatile Runnable stop = () -> {};

    private StandardStreams() {}

    static void install() {
        System.setOut(print(new Watched(new FileOutputStream(FileDescriptor.out))));
        System.setErr(print(new FileOutputStream(FileDescriptor.err)));
    }

    private static PrintStream print(OutputStream out) {
        return new PrintStream(new BufferedOutputStream(out, BUFFER), true, StandardCharsets.UTF_8);
    }

    /** What to do once standard output cannot be written. */
    static void onFailure(Runnable action) {
        stop = action;
    }

    static boolean failed() {
        return failure != null;
    }

    /** The exit code of a command, or that of a failure if its output was not written. */
    static int finish(int code) {
        System.out.flush();
        if (failure == null) {
            return code;
        }
        String reason = String.valueOf(failure.getMessage());
        System.err.println("hone: standard output "
                + (reason.contains("Broken pipe")
                        ? "was closed before everything was written"
                        : "cannot be written: " + reason + "; make room, or choose another place"));
        return ExitCode.SOFTWARE;
    }

    private static final class Watched extends OutputStream {
        private final OutputStream out;

        Watched(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (failure != null) {
                return;
            }
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                stop.run();
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
