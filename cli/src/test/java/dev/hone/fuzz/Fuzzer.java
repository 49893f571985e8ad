package dev.hone.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gives damaged files to commands and judges how these end: with success, or with one line and exit code 2. No trace, no
 * hang, no dead process, no changed file. What ends otherwise is kept under {@code target/fuzz}, once for each message.
 */
final class Fuzzer implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    static final byte[] SENTINEL = "what was here before".getBytes(StandardCharsets.UTF_8);

    private static final int DAMAGES = 3;

    private final Kind kind;
    private final Random random;
    private final Path folder;
    private final Path kept;
    private final WorkerProcess worker;
    private final Map<String, Path> found = new LinkedHashMap<>();
    private final Map<String, Integer> endings = new TreeMap<>();
    private int tries;
    private int refused;

    Fuzzer(Kind kind, long seed) throws IOException {
        this.kind = kind;
        this.random = new Random(seed);
        this.folder = Files.createTempDirectory("hone-fuzz");
        this.kept = Path.of("target", "fuzz", kind.name()).toAbsolutePath();
        this.worker = new WorkerProcess(folder);
    }

    /** One damaged file and one command. */
    void once() throws IOException {
        tries++;
        Path seed = kind.seeds().get(random.nextInt(kind.seeds().size()));
        byte[] bytes = Files.readAllBytes(seed);
        int damages = 1 + random.nextInt(DAMAGES);
        for (int i = 0; i < damages; i++) {
            bytes = kind.mutators().get(random.nextInt(kind.mutators().size())).mutate(bytes, random);
        }
        String command = kind.commands().get(random.nextInt(kind.commands().size()));
        String name = seed.getFileName().toString();
        Path file = Files.write(folder.resolve("damaged" + name.substring(name.lastIndexOf('.'))), bytes);
        Path out = Files.write(folder.resolve("out.onnx"), SENTINEL);
        List<String> words = words(command, file, out);
        WorkerProcess.Ended ended = worker.run(words, LIMIT);
        refused += ended.exit() == 2 ? 1 : 0;
        String word = command.substring(0, command.indexOf(' '));
        endings.merge(word + " " + ended.exit() + " " + signature(ended.err()), 1, Integer::sum);
        String fault = fault(ended, file, bytes, out);
        if (fault != null) {
            keep(fault, command, file, bytes, ended);
        }
        clear();
    }

    static List<String> words(String command, Path file, Path out) {
        return Stream.of(command.split(" "))
                .map(word -> word.replace("{file}", file.toString()).replace("{out}", out.toString()))
                .toList();
    }

    /** What is wrong with how a command ended, or null. */
    static String fault(WorkerProcess.Ended ended, Path file, byte[] bytes, Path out) throws IOException {
        List<String> lines = ended.err().lines().toList();
        String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        if (ended.exit() == WorkerProcess.Ended.HUNG && ended.err().contains("at ai.onnxruntime.OrtSession.run(")) {
            // A loop may have any number of rounds, and the runtime runs them: only that an interrupt ends it is asked.
            return null;
        } else if (ended.exit() == WorkerProcess.Ended.HUNG || ended.exit() == WorkerProcess.Ended.DIED) {
            return ended.err();
        } else if (ended.exit() != 0 && ended.exit() != 2) {
            return "exit code " + ended.exit() + ": " + ended.err();
        } else if ((ended.err() + ended.out()).contains("\tat ")
                || (ended.err() + ended.out()).contains("java.lang.")) {
            return "a trace: " + ended.err() + ended.out();
        } else if (ended.err().contains("out of memory")) {
            return "no memory: " + ended.err();
        } else if (ended.exit() == 2
                && !last.startsWith("hone: ")
                && !ended.out().contains("\"error\":")) {
            return "no line: " + ended.err();
        } else if (ended.err().chars().anyMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t')) {
            return "control characters: " + ended.err();
        } else if (ended.exit() == 2 && Files.exists(out) && !Arrays.equals(Files.readAllBytes(out), SENTINEL)) {
            return "a failed command changed its output: " + ended.err();
        } else if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            return "the input changed: " + ended.err();
        }
        return null;
    }

    private void keep(String fault, String command, Path file, byte[] bytes, WorkerProcess.Ended ended)
            throws IOException {
        String signature = signature(fault);
        if (found.containsKey(signature)) {
            return;
        }
        Path place = Files.createDirectories(kept.resolve(Integer.toString(found.size())));
        Files.write(place.resolve(file.getFileName()), bytes);
        Files.writeString(place.resolve("command.txt"), command + "\n\n" + ended.err() + ended.out());
        found.put(signature, place);
    }

    /** The message without what differs from file to file, and where it came from. */
    private static String signature(String fault) {
        List<String> parts = new ArrayList<>();
        fault.lines()
                .filter(line -> !line.isBlank() && (parts.size() < 1 || line.contains("at dev.hone")))
                .limit(3)
                .forEach(line -> parts.add(line.replaceAll("'[^']*'|\\[[^]]*]|[-0-9.]+|/[^ ]*", "#")
                        .strip()));
        String text = String.join(" | ", parts);
        return text.substring(0, Math.min(text.length(), 240));
    }

    /** What commands left, beside the folder itself. */
    private void clear() {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .filter(path -> !path.equals(folder))
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void count(int cases) throws IOException {
        for (int i = 0; i < cases; i++) {
            once();
        }
    }

    void until(long nanoTime) throws IOException {
        while (System.nanoTime() < nanoTime) {
            once();
        }
    }

    /** Also writes how commands ended, and how often: a fuzzer that is refused at the door finds nothing. */
    String summary() throws IOException {
        Files.createDirectories(kept);
        List<String> lines = endings.entrySet().stream()
                .sorted((a, b) -> b.getValue() - a.getValue())
                .map(ending -> ending.getValue() + "\t" + ending.getKey())
                .toList();
        Files.write(kept.resolve("endings.txt"), lines);
        return kind.name() + ": " + tries + " damaged files, " + refused + " refused, " + found.size() + " faults";
    }

    /** How many files were refused with a line. */
    int refused() {
        return refused;
    }

    /** Faults, each with the place where its input is kept. */
    Map<String, Path> found() {
        return found;
    }

    @Override
    public void close() {
        worker.close();
        clear();
        folder.toFile().delete();
    }
}
