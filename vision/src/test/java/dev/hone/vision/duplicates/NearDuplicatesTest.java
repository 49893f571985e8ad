package dev.hone.vision.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.core.Progress;
import dev.hone.data.DataSet;
import dev.hone.data.Sample;
import dev.hone.data.SeededRandom;
import dev.hone.data.Split;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import dev.hone.vision.synthetic.SyntheticSurfaces;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NearDuplicatesTest {
    @TempDir
    private static Path folder;

    private static DataSet surfaces;

    @BeforeAll
    static void draw() {
        new SyntheticSurfaces(128, 12, 4, 4, 7).write(folder.resolve("surfaces"));
        surfaces = DataSet.open(folder.resolve("surfaces"));
    }

    private static LikeImages find(DataSet set) {
        return NearDuplicates.find(set, null, Progress.NONE);
    }

    private static Image image(int index) {
        return ImageFiles.read(surfaces.samples().get(index).file()).withChannels(1);
    }

    private static Image changed(Image in, IntBinaryOperator source) {
        Image out = Image.black(1, in.height(), in.width());
        for (int y = 0; y < in.height(); y++) {
            for (int x = 0; x < in.width(); x++) {
                out.set(0, y, x, source.applyAsInt(y, x));
            }
        }
        return out;
    }

    /** Brighter, with another gradient of light, another contrast, and noise. */
    private static Image relit(Image in) {
        SeededRandom random = new SeededRandom(in.at(0, 0, 0));
        return changed(in, (y, x) -> (int) Math.round(0.55 * in.at(0, y, x)
                + 20 + 60.0 * x / in.width() + 20.0 * y / in.height()
                + random.gaussian()));
    }

    /** Another frame: 4 % cut off at the left and top, 2 % at the other sides. */
    private static Image reframed(Image in) {
        int h = in.height();
        int w = in.width();
        return in.crop(h / 25, w / 25, h - h / 25 - h / 50, w - w / 25 - w / 50);
    }

    private static Image half(Image in) {
        return Resize.stretch(in, in.height() / 2, in.width() / 2);
    }

    /** The surfaces with further images made of some of them. */
    private static DataSet with(Map<Integer, Path> planted) {
        List<Sample> samples = new ArrayList<>(surfaces.samples());
        planted.forEach((of, file) -> samples.add(Sample.ofFile(
                file, "planted/" + of, surfaces.samples().get(of).label(), Split.TRAIN, "")));
        return DataSet.of("surfaces", surfaces.classes(), samples);
    }

    private static Path png(String name, Image image) {
        Path file = folder.resolve(name);
        ImageFiles.writePng(image, file);
        return file;
    }

    private static Path jpeg(String name, Image in) {
        BufferedImage out = new BufferedImage(in.width(), in.height(), BufferedImage.TYPE_BYTE_GRAY);
        out.getRaster().setDataElements(0, 0, in.width(), in.height(), in.pixels());
        try {
            Path file = folder.resolve(name);
            ImageIO.write(out, "jpg", file.toFile());
            return file;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void surfacesOfOneKindAreNotDuplicates() {
        LikeImages found = find(surfaces);
        for (LikePair p : found.pairs()) System.out.println(surfaces.samples().get(p.first()).name() + " " + surfaces.samples().get(p.second()).name() + " " + p);
        assertThat(found.pairs()).isEmpty();
        assertThat(found.grouped()).isZero();
    }

    @Test
    void plantedOnesAreFoundAndNoOthers() {
        Map<Integer, Path> planted = new HashMap<>();
        Map<Integer, LikePair.Kind> kinds = new HashMap<>();
        Map<Integer, String> what = new HashMap<>();
        int size = surfaces.samples().size();
        for (int k = 0; k < 40; k++) {
            int of = k * (size / 40);
            Image in = image(of);
            String name = "p" + k;
            Path file = switch (k % 8) {
                case 0 -> png(name + ".png", relit(in));
                case 1 -> png(name + ".png", reframed(in));
                case 2 -> jpeg(name + ".jpg", in);
                case 3 -> png(name + ".png", half(in));
                case 4 -> png(name + ".png", changed(in, (y, x) -> in.at(0, in.height() - 1 - x, y)));
                case 5 -> png(name + ".png", changed(in, (y, x) -> in.at(0, in.height() - 1 - y, in.width() - 1 - x)));
                case 6 -> png(name + ".png", changed(in, (y, x) -> in.at(0, y, in.width() - 1 - x)));
                default -> png(name + ".png", in);
            };
            planted.put(of, file);
            what.put(of, List.of("relit", "reframed", "jpeg", "half", "turned", "upside down", "mirrored", "same").get(k % 8));
        }
        DataSet set = with(planted);
        LikeImages found = find(set);
        Map<String, Integer> misses = new HashMap<>();
        IntStream.range(size, set.samples().size()).forEach(i -> {
            int of = Integer.parseInt(set.samples().get(i).name().substring("planted/".length()));
            boolean is = found.groups()[i] == found.groups()[of];
            if (!is) System.out.println("missed " + what.get(of) + " " + surfaces.samples().get(of).name());
        });
        for (LikePair p : found.pairs()) {
            String n = set.samples().get(p.second()).name();
            System.out.println((p.second() >= size && Integer.parseInt(n.substring(8)) == p.first() ? "ok " : "WRONG ") + set.samples().get(p.first()).name() + " " + n + " " + p);
        }
    }
}
