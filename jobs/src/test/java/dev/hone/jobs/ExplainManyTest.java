package dev.hone.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.core.HoneException;
import dev.hone.core.Progress;
import dev.hone.core.file.OutputException;
import dev.hone.core.option.Options;
import dev.hone.jobs.explain.ExplainJob;
import dev.hone.jobs.explain.ExplainListener;
import dev.hone.jobs.explain.ExplainOptions;
import dev.hone.jobs.explain.ImageExplanation;
import dev.hone.jobs.explain.ImageResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainManyTest {
    @TempDir
    private Path folder;

    private Path parts;
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void images() throws IOException {
        parts = Files.createDirectories(folder.resolve("parts"));
        List<Path> spots = Surfaces.images("spot");
        Path deep = Files.createDirectories(parts.resolve("shift #2"));
        Files.copy(spots.get(0), parts.resolve("one.png"));
        Files.copy(spots.get(1), deep.resolve("one.png"));
        Files.write(parts.resolve("cut.png"), Arrays.copyOf(Files.readAllBytes(spots.get(0)), 300));
    }

    private ImageResult explain(Object... more) {
        Map<String, Object> values = new HashMap<>(Map.of("model", Surfaces.model(), "method", "grad-cam"));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i].toString(), more[i + 1]);
        }
        return explain(values, Progress.NONE);
    }

    private ImageResult explain(Map<String, Object> values, Progress progress) {
        heard.clear();
        ExplainOptions options = Options.of(ExplainOptions.class).build(values);
        return (ImageResult) ExplainJob.run(options, progress, new ExplainListener() {
            @Override
            public void image(ImageExplanation explanation) {
                heard.add(explanation.image().getFileName().toString());
            }

            @Override
            public void failed(Path image, HoneException problem) {
                heard.add("failed " + image.getFileName());
            }
        });
    }

    @Test
    void picturesAndRecordsLieInFoldersLikeTheImagesAndAreNotMadeTwice() throws IOException {
        Path maps = folder.resolve("maps");
        Object[] asked = {"inputs", List.of(parts.toString()), "output", maps};
        ImageResult first = explain(asked);
        assertThat(heard).containsExactly("failed cut.png", "one.png", "one.png");
        assertThat(first.totals().failed()).isEqualTo(1);
        for (String name : List.of("one", "shift #2/one")) {
            assertThat(maps.resolve(name + ".png")).isRegularFile();
            assertThat(new ObjectMapper()
                            .readTree(maps.resolve(name + ".json").toFile())
                            .at("/explanations/0/image")
                            .asText())
                    .isEqualTo(parts.resolve(name + ".png").toString());
        }
        assertThat(Files.readString(maps.resolve("index.html")))
                .contains("src=\"one.png\"", "src=\"shift%20%232/one.png\"")
                .containsOnlyOnce(">cut.png<");

        assertThat(explain(asked).totals().skipped()).isEqualTo(2);
        assertThat(heard).containsExactly("failed cut.png");

        Files.copy(
                parts.resolve("one.png"), parts.resolve("cut.png"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.delete(maps.resolve("shift #2/one.png"));
        explain(asked);
        assertThat(heard).as("what was damaged and what was deleted").containsExactly("cut.png", "one.png");

        Files.copy(
                Surfaces.images("crack").get(0),
                parts.resolve("one.png"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        explain(asked);
        assertThat(heard).as("what was changed").containsExactly("one.png");

        Object[] other = {"inputs", List.of(parts.toString()), "output", maps, "absolute", "true"};
        assertThat(explain(other).totals().skipped()).as("other options").isZero();
    }

    @Test
    void picturesOfOthersAreKept() throws IOException {
        Path maps = Files.createDirectories(folder.resolve("maps"));
        Files.writeString(maps.resolve("one.png"), "mine");
        explain("inputs", List.of(parts.toString()), "output", maps);
        assertThat(maps.resolve("one.png")).hasContent("mine");
        assertThat(maps.resolve("one-2.png")).isRegularFile();
    }

    @Test
    void mapsInsideTheFolderOfImagesAreNoImagesOfTheNextRun() {
        Path maps = parts.resolve("maps");
        Object[] asked = {"inputs", List.of(parts.toString()), "output", maps};
        explain(asked);
        assertThat(explain(asked).totals().images()).isEqualTo(3);
        assertThatThrownBy(() -> explain("inputs", List.of(parts.toString()), "output", parts))
                .hasMessageContaining("is the folder of the images");
    }

    @Test
    void aWatchedFolderIsExplained() {
        Path maps = folder.resolve("maps");
        Progress until = new Progress() {
            @Override
            public boolean isCancelled() {
                return heard.size() >= 2;
            }
        };
        Map<String, Object> values = Map.of(
                "model", Surfaces.model(), "method", "grad-cam", "watch", parts, "output", maps, "settle", "0.05");
        explain(values, until);
        assertThat(heard).containsOnly("one.png");
        assertThat(maps.resolve("shift #2/one.json")).isRegularFile();
        assertThat(maps.resolve("index.html")).isRegularFile();
    }

    @Test
    void whereNothingCanBeWrittenTheWorkEnds() {
        Path maps = folder.resolve("maps");
        ExplainOptions options = Options.of(ExplainOptions.class)
                .build(Map.of(
                        "model",
                        Surfaces.model(),
                        "method",
                        "grad-cam",
                        "inputs",
                        List.of(parts.toString()),
                        "output",
                        maps));
        List<Path> failed = new ArrayList<>();
        ExplainListener spoiler = new ExplainListener() {
            @Override
            public void image(ImageExplanation explanation) {
                try {
                    Files.move(maps, folder.resolve("moved"));
                    Files.createFile(maps);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void failed(Path image, HoneException problem) {
                failed.add(image.getFileName());
            }
        };
        assertThatThrownBy(() -> ExplainJob.run(options, Progress.NONE, spoiler))
                .isInstanceOf(OutputException.class);
        assertThat(failed).containsExactly(Path.of("cut.png"));
    }

    @Test
    void recordsShowNamesEscapedAndHoldThemAsTheyAre() throws IOException {
        Path maps = folder.resolve("maps");
        Path odd = parts.resolve("a\u202e\u009bb.png");
        Files.move(parts.resolve("one.png"), odd);
        explain("inputs", List.of(parts.toString()), "output", maps);
        Path record = maps.resolve("a\u202e\u009bb.json");
        assertThat(record).content().contains("a\\u202e\\u009bb.png").doesNotContain("\u202e", "\u009b");
        assertThat(new ObjectMapper().readTree(record.toFile()).get("image").asText())
                .isEqualTo(odd.toString());
        assertThat(explain("inputs", List.of(parts.toString()), "output", maps)
                        .totals()
                        .skipped())
                .isEqualTo(2);
    }
}
