package dev.hone.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.property.FuzzTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged models, images, tables and recipes end in a line. */
class DamagedFilesTest {
    private static final int CASES = 25;

    @TempDir
    private Path folder;

    @Test
    void endInALine() throws IOException {
        List<String> faults = new ArrayList<>();
        for (Kind kind : new Kinds(folder).all()) {
            try (Fuzzer fuzzer = new Fuzzer(kind, 21)) {
                fuzzer.count(CASES);
                assertThat(fuzzer.refused()).as(fuzzer.summary()).isPositive();
                faults.addAll(faults(fuzzer));
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    @Tag("fuzz")
    void endInALineAtLength() throws IOException {
        List<Kind> kinds = new Kinds(folder).all();
        Duration time = FuzzTime.share(1.0 / kinds.size());
        long seed = ThreadLocalRandom.current().nextLong();
        List<String> faults = new ArrayList<>();
        for (Kind kind : kinds) {
            faults.addAll(atLength(kind, seed, time));
        }
        assertThat(faults).as("seed " + seed).isEmpty();
    }

    private static List<String> atLength(Kind kind, long seed, Duration time) throws IOException {
        try (Fuzzer fuzzer = new Fuzzer(kind, seed)) {
            fuzzer.until(System.nanoTime() + time.toNanos());
            System.out.println(fuzzer.summary());
            return faults(fuzzer);
        }
    }

    private static List<String> faults(Fuzzer fuzzer) {
        return fuzzer.found().entrySet().stream()
                .map(fault -> fault.getKey() + " (kept in " + fault.getValue() + ")")
                .toList();
    }
}
