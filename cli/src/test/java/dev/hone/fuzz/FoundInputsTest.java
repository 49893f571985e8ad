package dev.hone.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing found once, in the folder {@code found}: every command that reads such a file ends in a line. */
class FoundInputsTest {
    @TempDir
    private Path folder;

    private static List<Path> found() throws IOException, URISyntaxException {
        Path files = Path.of(FoundInputsTest.class.getResource("found").toURI());
        try (Stream<Path> all = Files.list(files)) {
            return all.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("found")
    void endsInALine(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Kinds kinds = new Kinds(folder);
        boolean model = file.toString().endsWith(".onnx");
        try (WorkerProcess worker = new WorkerProcess(folder)) {
            for (String command : model ? kinds.modelCommands() : kinds.imageCommands()) {
                Path out = Files.write(folder.resolve("out.onnx"), Fuzzer.SENTINEL);
                WorkerProcess.Ended ended = worker.run(Fuzzer.words(command, file, out), Fuzzer.LIMIT);
                assertThat(Fuzzer.fault(ended, file, bytes, out)).as(command).isNull();
            }
        }
    }
}
