package dev.hone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    /** Main class of a process with a very long command line. */
    static final class Opened {
        public static void main(String[] arguments) {
            System.out.print(Environment.ort().getVersion() + " " + arguments.length);
        }
    }

    /** Main class of a process that ends while one of its threads opens sessions, before and after the runtime's own hook. */
    static final class Ended {
        public static void main(String[] arguments) {
            byte[] model = SessionTest.model("linear");
            Session.open(model, SessionOptions.defaults()).close();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                long end = System.nanoTime() + 500_000_000;
                while (System.nanoTime() < end) {
                    try {
                        Session.open(model, SessionOptions.defaults()).close();
                    } catch (OnnxRuntimeException e) {
                        System.out.println(e.getMessage());
                        return;
                    }
                }
            }));
            System.exit(7);
        }
    }

    @Test
    void aProcessEndsWithItsExitCodeWhileSessionsAreOpened() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:ErrorFile=/dev/null",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ended.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(7);
        assertThat(output.strip()).isEqualTo("the process is ending, no model is opened or run any more");
    }

    @Test
    void opensInAProcessWithALongCommandLine() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Opened.class.getName()));
        command.addAll(Collections.nCopies(10_000, "x".repeat(60) + ".png"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output).isEqualTo(Environment.ort().getVersion() + " 10000");
    }
}
