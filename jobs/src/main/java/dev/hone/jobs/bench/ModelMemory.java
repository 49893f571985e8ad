package dev.hone.jobs.bench;

import dev.hone.core.CancelledException;
import dev.hone.core.Progress;
import dev.hone.jobs.RunOptions;
import dev.hone.runtime.ProcessMemory;
import dev.hone.runtime.Session;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The memory that a model takes, measured in a process of its own: in one that has run another model, memory that was given
 * back by that is used again and counts for nothing.
 */
final class ModelMemory {
    private static final int NONE = -1;
    private static final long SECONDS = 120;

    private ModelMemory() {}

    /**
     * Bytes that a process grows by as it opens a model and runs it once; NaN where no process can be started for it.
     *
     * @param batch size of a first axis that the model leaves open
     */
    static double of(Path model, BenchOptions options, int batch, Progress progress) {
        Path answer = null;
        try {
            answer = Files.createTempFile("hone", ".memory");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Djava.awt.headless=true",
                    "-Dsun.jnu.encoding=" + System.getProperty("sun.jnu.encoding"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ModelMemory.class.getName(),
                    answer.toString(),
                    model.toString(),
                    options.run().device(),
                    String.valueOf(
                            options.run().threads() == null
                                    ? NONE
                                    : options.run().threads()),
                    Integer.toString(batch)));
            options.input().forEach(size -> command.add(size.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(new File(File.separatorChar == '/' ? "/dev/null" : "NUL")))
                    .start();
            await(process, progress);
            String bytes = process.exitValue() == 0 ? Files.readString(answer).strip() : "";
            return bytes.matches("\\d{1,18}") ? Long.parseLong(bytes) : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        } finally {
            delete(answer);
        }
    }

    private static void await(Process process, Progress progress) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try {
            while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
                progress.checkCancelled();
                if (System.nanoTime() > end) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void delete(Path file) {
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                file.toFile().deleteOnExit();
            }
        }
    }

    /** The other process. @param arguments where the answer goes, model, device, threads, batch, sizes of the input */
    public static void main(String[] arguments) throws IOException {
        int threads = Integer.parseInt(arguments[3]);
        RunOptions run = new RunOptions(arguments[2], threads == NONE ? null : (Integer) threads);
        List<Integer> shape =
                Stream.of(arguments).skip(5).map(Integer::parseInt).toList();
        // The runtime's own memory is not the model's.
        Session.runtimeVersion();
        long before = ProcessMemory.now().resident();
        try (RandomRun model =
                new RandomRun(Path.of(arguments[1]), run.session(), Integer.parseInt(arguments[4]), shape)) {
            model.run();
            long bytes = Math.max(0, ProcessMemory.now().resident() - before);
            Files.writeString(Path.of(arguments[0]), Long.toString(bytes));
        }
    }
}
