package dev.hone.jobs.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.core.Progress;
import dev.hone.jobs.input.FileKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path watched() throws IOException {
        return Files.createDirectories(folder.resolve("in"));
    }

    private final List<String> warnings = new ArrayList<>();

    private FolderWatch watch(WatchJournal journal) throws IOException {
        Progress progress = new Progress() {
            @Override
            public void warning(String line) {
                warnings.add(line);
            }
        };
        return new FolderWatch(watched(), FileKind.IMAGES, null, journal, Duration.ofMillis(100), progress);
    }

    private WatchJournal journal() {
        return WatchJournal.open(folder.resolve("journal"));
    }

    /** Takes arrivals until there are so many. */
    private static List<String> taken(FolderWatch watch, WatchJournal journal, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 100 && names.size() < count; i++) {
            for (FolderWatch.Arrival arrival : watch.poll(7, LONG)) {
                journal.add(arrival.entry());
                names.add(arrival.entry().name());
            }
        }
        return names;
    }

    @Test
    void aBurstInNewFoldersIsTakenOnceEach() throws IOException {
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            assertThat(watch.poll(10, Duration.ofMillis(50))).isEmpty();
            Path deep = Files.createDirectories(watched().resolve("a/b"));
            Files.writeString(deep.resolve("notes.txt"), "no image");
            List<String> written = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Path file = (i % 2 == 0 ? watched() : deep).resolve(i + ".png");
                Files.writeString(file, "x");
                written.add(watched().relativize(file).toString());
            }
            assertThat(taken(watch, journal, 300)).containsExactlyInAnyOrderElementsOf(written);
            assertThat(watch.poll(10, Duration.ofMillis(300))).isEmpty();
        }
    }

    @Test
    void aFileIsTakenWhenItStopsGrowing() throws IOException {
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            Path file = watched().resolve("slow.png");
            for (int i = 0; i < 5; i++) {
                Files.writeString(file, "x".repeat(10), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                // Shorter than the time in which a file must not change.
                for (FolderWatch.Arrival early : watch.poll(1, Duration.ofMillis(20))) {
                    assertThat(early.entry().size())
                            .as("only on a stalled machine")
                            .isLessThanOrEqualTo(50);
                }
            }
            assertThat(taken(watch, journal, 1)).containsExactly("slow.png");
            assertThat(journal.has(new WatchJournal.Entry(
                            "slow.png", 50, Files.getLastModifiedTime(file).toMillis())))
                    .isTrue();
        }
    }

    /** A change of which the system has not told yet. */
    @Test
    void aFileThatChangedMeanwhileHasToSettleAgain() throws Exception {
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            Path file = Files.writeString(watched().resolve("slow.png"), "x");
            assertThat(watch.poll(1, Duration.ZERO)).isEmpty();
            Thread.sleep(150);
            Files.writeString(file, "xx");
            assertThat(watch.poll(1, Duration.ZERO)).isEmpty();
            assertThat(taken(watch, journal, 1)).containsExactly("slow.png");
            assertThat(watch.poll(1, Duration.ofMillis(300))).isEmpty();
        }
    }

    @Test
    void aRestartRepeatsNothingAndFindsWhatCameMeanwhile() throws IOException {
        Files.writeString(watched().resolve("before.png"), "x");
        Files.writeString(watched().resolve("line\nbreak.png"), "x");
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            assertThat(taken(watch, journal, 2)).hasSize(2);
        }
        Files.writeString(watched().resolve("meanwhile.png"), "x");
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            assertThat(taken(watch, journal, 1)).containsExactly("meanwhile.png");
            Files.writeString(watched().resolve("before.png"), "longer");
            assertThat(taken(watch, journal, 1)).as("a changed file").containsExactly("before.png");
        }
    }

    @Test
    void deletedFilesAreForgotten() throws IOException {
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            Path file = Files.writeString(watched().resolve("gone.png"), "x");
            assertThat(watch.poll(1, Duration.ofMillis(1))).isEmpty();
            Files.delete(file);
            Files.writeString(watched().resolve("kept.png"), "x");
            assertThat(taken(watch, journal, 1)).containsExactly("kept.png");
        }
    }

    @Test
    void aFolderThatVanishesIsWaitedFor() throws IOException {
        try (WatchJournal journal = journal();
                FolderWatch watch = watch(journal)) {
            Files.delete(watched());
            assertThat(watch.poll(1, Duration.ofSeconds(3))).isEmpty();
            Files.writeString(watched().resolve("back.png"), "x");
            assertThat(taken(watch, journal, 1)).containsExactly("back.png");
            assertThat(warnings).containsExactly(watched() + " is gone; waiting for it", watched() + " is there again");
        }
    }

    @Test
    void anUnfinishedLineOfTheJournalIsCutOff() throws IOException {
        Path file = folder.resolve("journal");
        Files.writeString(file, "1 2 a.png\n3 4 b.p");
        try (WatchJournal journal = WatchJournal.open(file)) {
            assertThat(journal.size()).isEqualTo(1);
            assertThat(journal.has(new WatchJournal.Entry("a.png", 1, 2))).isTrue();
            journal.add(new WatchJournal.Entry("c.png", 5, 6));
        }
        assertThat(Files.readString(file)).isEqualTo("1 2 a.png\n5 6 c.png\n");
    }

    @Test
    void aJournalHasOneHolderAndNothingElseIsTakenForOne() throws IOException {
        try (WatchJournal journal = journal()) {
            IntStream.range(0, 3).forEach(i -> journal.add(new WatchJournal.Entry(i + ".png", i, i)));
            assertThatThrownBy(this::journal).hasMessageContaining("is in use");
        }
        Path other = Files.writeString(folder.resolve("other"), "hello\n");
        assertThatThrownBy(() -> WatchJournal.open(other)).hasMessageContaining("line 1");
        assertThat(other).hasContent("hello\n");
    }
}
