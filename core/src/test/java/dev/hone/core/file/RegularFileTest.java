package dev.hone.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.core.HoneException;
import dev.hone.core.text.CsvStream;
import dev.hone.core.text.NpzReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RegularFileTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nobodyWaitsForAPipe() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")));
        Path pipe = folder.resolve("x.npz");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (Path file : new Path[] {pipe, Files.createSymbolicLink(folder.resolve("link"), pipe)}) {
            assertThatThrownBy(() -> NpzReader.read(file))
                    .isInstanceOf(HoneException.class)
                    .hasMessageStartingWith(file + ": a pipe, socket or device");
            assertThatThrownBy(() -> CsvStream.open(file)).hasMessageStartingWith(file + ": a pipe");
        }
        assertThat(RegularFile.of(folder)).isEqualTo(folder);
        assertThat(RegularFile.of(folder.resolve("none"))).isEqualTo(folder.resolve("none"));
    }
}
