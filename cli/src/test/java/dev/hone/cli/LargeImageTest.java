package dev.hone.cli;

import static dev.hone.cli.Commands.anImage;
import static dev.hone.cli.Commands.hone;
import static dev.hone.cli.Commands.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.cli.Commands.Run;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More pixels than are decoded whole. */
class LargeImageTest {
    private static final int SIDE = 6000;

    @TempDir
    private Path folder;

    @Test
    void aLargePhotographAndItsMaskAreExplained() throws IOException {
        Image mask = Image.black(1, SIDE, SIDE);
        Arrays.fill(mask.pixels(), SIDE * SIDE / 2, SIDE * SIDE, (byte) 255);
        // By its name a JPEG, so that the PNG is its mask.
        Path png = folder.resolve("part.png");
        ImageFiles.writePng(mask, png);
        Path small = Files.copy(anImage(), folder.resolve("part.jpg"));
        for (Path photograph : new Path[] {small, png}) {
            Run run = hone("explain", model(), photograph, "--method", "saliency", "-o", folder.resolve("m"), "--json");
            assertThat(run.exit()).as(run.err()).isZero();
            Image picture = ImageFiles.read(
                    Path.of(new ObjectMapper().readTree(run.out()).get("map").asText()));
            if (photograph == small) {
                // The mask stands second: its upper half is black, its lower half white.
                int x = 12 + 420 + 12 + 210;
                assertThat(picture.at(0, 12 + 100, x)).isZero();
                assertThat(picture.at(0, 12 + 320, x)).isEqualTo(255);
            }
        }
    }
}
