package dev.hone.fuzz;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs commands in a child process with limits on memory and time, and starts another one where it dies. */
final class WorkerProcess implements AutoCloseable {
    private static final String HEAP = "-Xmx512m";

    /** Of address space, most of which a Java process only reserves, in KiB. */
    private static final long ADDRESS_SPACE = 8L << 20;

    private final Path folder;
    private Process process;
    private BufferedWriter commands;
    private BlockingQueue<String> answers;

    WorkerProcess(Path folder) {
        this.folder = folder;
    }

    /**
     * How a command ended.
     *
     * @param exit exit code; {@link #DIED} or {@link #HUNG} where the process had to be replaced
     * @param out what it said on standard output
     * @param err what it said on standard error, or the last words of the process
     */
    record Ended(int exit, String out, String err) {
        static final int DIED = -1;
        static final int HUNG = -2;
    }

    Ended run(List<String> words, Duration limit) {
        try {
            if (process == null || !process.isAlive()) {
                start();
            }
            commands.write(String.join("\t", words));
            commands.newLine();
            commands.flush();
            return answer(limit);
        } catch (IOException e) {
            return died("");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Ended answer(Duration limit) throws InterruptedException, IOException {
        StringBuilder other = new StringBuilder();
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            String line = answers.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null) {
                String where = threads();
                close();
                return new Ended(Ended.HUNG, "", "no answer after " + limit.toSeconds() + " s\n" + where);
            } else if (line.equals("END")) {
                return died(other.toString());
            } else if (line.startsWith("RESULT ")) {
                String[] parts = line.split(" ");
                return new Ended(Integer.parseInt(parts[1]), decoded(parts[2]), decoded(parts[3]));
            }
            other.append(line).append('\n');
        }
    }

    private static String decoded(String said) {
        return said.equals("-") ? "" : new String(Base64.getDecoder().decode(said), StandardCharsets.UTF_8);
    }

    /** Where the main thread is; a running Java process prints that on SIGQUIT. */
    private String threads() throws InterruptedException, IOException {
        new ProcessBuilder("sh", "-c", "kill -QUIT " + process.pid()).start().waitFor();
        StringBuilder text = new StringBuilder();
        for (String line = answers.poll(2, TimeUnit.SECONDS); line != null; line = answers.poll(1, TimeUnit.SECONDS)) {
            text.append(line).append('\n');
        }
        int main = text.indexOf("\"main\"");
        return main < 0 ? text.toString() : text.substring(main, Math.min(text.length(), main + 3000));
    }

    private Ended died(String lastWords) {
        int code = -1;
        try {
            code = process.waitFor(5, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
        return new Ended(Ended.DIED, "", "the process died with code " + code + "\n" + lastWords);
    }

    private void start() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = "ulimit -v " + ADDRESS_SPACE + "; ulimit -c 0; exec \"$@\"";
        process = new ProcessBuilder(
                        "sh",
                        "-c",
                        command,
                        "sh",
                        java,
                        HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:ErrorFile=/dev/null",
                        "-Djava.awt.headless=true",
                        "-cp",
                        classPath(),
                        "dev.hone.cli.CommandWorker")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        commands = process.outputWriter(StandardCharsets.UTF_8);
        BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        answers = queue;
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Thread thread = new Thread(() -> read(reader, queue), "answers");
        thread.setDaemon(true);
        thread.start();
    }

    private static void read(BufferedReader reader, BlockingQueue<String> queue) {
        try (reader) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                queue.add(line);
            }
        } catch (IOException e) {
            queue.add(e.toString());
        }
        queue.add("END");
    }

    /** Surefire gives the class path in a manifest, and itself in this property. */
    private static String classPath() {
        String given = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(given.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
        process = null;
    }
}
