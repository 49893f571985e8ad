package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.data;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command reads is still there, as it was, after it has written. */
class OutputsTest {
    @TempDir
    private Path folder;

    private static Path mapOf(Path image, Path output) throws IOException {
        Run run = hone("explain", model(), image, "--method", "saliency", "-o", output, "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        Path map = Path.of(new ObjectMapper().readTree(run.out()).get("map").asText());
        assertThat(map).exists();
        return map.getFileName();
    }

    @Test
    void aMapNeverTakesThePlaceOfItsPhotographOrMask() throws IOException {
        Path photo = Files.copy(anImage(), folder.resolve("part.png"));
        byte[] bytes = Files.readAllBytes(photo);
        assertThat(mapOf(photo, folder)).hasToString("part-map.png");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        assertThat(mapOf(photo, link)).hasToString("part-map.png");
        assertThat(photo).hasBinaryContent(bytes);

        // By its name a JPEG, so that the PNG is its mask.
        Path jpeg = Files.copy(anImage(), folder.resolve("other.jpg"));
        Path mask = Files.copy(anImage(), folder.resolve("other.png"));
        assertThat(mapOf(jpeg, folder)).hasToString("other-map.png");
        Path masks = Files.createDirectories(folder.resolve("masks/deep"));
        Path deep = Files.copy(anImage(), masks.resolve("part.png"));
        assertThat(mapOf(photo, masks)).hasToString("part-map.png");
        assertThat(mask).hasBinaryContent(bytes);
        assertThat(deep).hasBinaryContent(bytes);

        Path maps = folder.resolve("maps");
        Path linked = Files.createDirectories(maps).resolve("part.png");
        Files.createSymbolicLink(linked, photo);
        assertThat(mapOf(photo, maps)).hasToString("part-2.png");
        assertThat(photo).hasBinaryContent(bytes);
        // A second run replaces the map of the first.
        Path elsewhere = folder.resolve("elsewhere");
        assertThat(mapOf(photo, elsewhere)).hasToString("part.png");
        assertThat(mapOf(photo, elsewhere)).hasToString("part.png");
    }

    @Test
    void whatIsReadIsNotWrittenOver() throws IOException {
        Path own = Files.copy(model(), folder.resolve("own.onnx"));
        Path spelled = folder.resolve("../" + folder.getFileName() + "/own.onnx");
        Path image = Files.copy(anImage(), folder.resolve("a.png"));
        byte[] bytes = Files.readAllBytes(own);
        for (Run run : new Run[] {
            hone("train", data(), "--from", own, "-o", spelled),
            hone("quantize", own, "--calibrate", data(), "-o", own),
            hone("quantize", own, "--method", "fp16", "-o", spelled),
            hone("quantize", own, "--calibrate", data(), "-o", folder.resolve("q.onnx"), "--report", own),
            hone("evaluate", own, data(), "--set-threshold", own),
            hone("evaluate", model(), data(), "--against", own, "--report", own),
            hone("explain", own, "--global", data(), "--method", "saliency", "-o", own)
        }) {
            assertThat(run.complaint()).contains("own.onnx is read", "would be overwritten; choose another name");
        }
        assertThat(hone("evaluate", own, data(), "--report", image).complaint()).contains("a.png is an image");
        assertThat(own).hasBinaryContent(bytes);

        Path csv = Files.writeString(folder.resolve("attributions.csv"), "a,b\n1,2\n3,4\n");
        assertThat(hone("explain", own, csv, "--baselines", csv, "-o", folder).complaint())
                .contains("attributions.csv is read");
        assertThat(csv).hasContent("a,b\n1,2\n3,4");
    }
}
