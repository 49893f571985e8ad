package dev.hone.compress.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    private Path folder;

    private Journal open() throws IOException {
        return Journal.open(folder.resolve("journal"), "a to b");
    }

    /** On a full disk there is room for nothing new, but what the file has it keeps. */
    @Test
    void needsNoMoreRoomThanItTookAtFirst() throws IOException {
        Journal journal = open();
        journal.begin(100);
        long size = Files.size(folder.resolve("journal"));
        assertThat(open().isEmpty()).isTrue();
        journal.setDone(3);
        journal.setDone(99);
        journal.overwrite();
        assertThat(Files.size(folder.resolve("journal"))).isEqualTo(size);
        Journal again = open();
        assertThat(again.isDone(3)).isTrue();
        assertThat(again.isDone(99)).isTrue();
        assertThat(again.isDone(4)).isFalse();
    }

    @Test
    void aDamagedOrForeignOneCountsAsNone() throws IOException {
        Journal journal = open();
        journal.begin(16);
        journal.setDone(1);
        journal.write(journal.done());
        assertThat(open().isEmpty()).isFalse();
        assertThat(Journal.open(folder.resolve("journal"), "a to c").isEmpty()).isTrue();
        String text = Files.readString(folder.resolve("journal"));
        for (String damaged : new String[] {text.replace("0200", "02x0"), text.replace("0200", "020"), "", "x"}) {
            Files.writeString(folder.resolve("journal"), damaged);
            assertThat(open().isEmpty()).isTrue();
        }
    }
}
