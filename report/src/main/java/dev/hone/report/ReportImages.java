package dev.hone.report;

import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.OutputException;
import dev.hone.data.Masks;
import dev.hone.vision.heatmap.HeatMap;
import dev.hone.vision.heatmap.HeatMapFigure;
import dev.hone.vision.heatmap.HeatMapSvg;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Images for display next to heat maps, reduced to screen size. */
public final class ReportImages {
    private static final int LARGEST_SIDE = 1024;
    /** Side of an image shown next to another one. */
    private static final int SIDE = 420;

    private ReportImages() {}

    public static Image shown(Path file) {
        ImageFiles.Size size = ImageFiles.size(file);
        int longest = Math.max(size.height(), size.width());
        if (longest <= LARGEST_SIDE) {
            return ImageFiles.read(file);
        }
        double factor = (double) LARGEST_SIDE / longest;
        return ImageFiles.read(
                file,
                3,
                (int) Math.max(1, Math.round(factor * size.height())),
                (int) Math.max(1, Math.round(factor * size.width())),
                Resize.Mode.STRETCH);
    }

    /** Finds the mask of an image given by its path. */
    public static Optional<Path> mask(Path image) {
        return Masks.of(image);
    }

    /** Reads a mask at the size of its image; null if there is none. */
    public static Image mask(Optional<Path> file, Image image) {
        return file.map(f -> ImageFiles.read(f, 1, image.height(), image.width(), Resize.Mode.STRETCH))
                .orElse(null);
    }

    /**
     * Writes a figure of an image, its defect mask (if any) and overlays of the maps.
     *
     * @param maps one map, or several to compare
     * @param to .png or .svg file
     */
    public static void writeMap(Path image, List<HeatMap> maps, Path to, String... caption) {
        Image shown = shown(image);
        Image mask = mask(mask(image), shown);
        if (!to.toString().endsWith(".svg")) {
            ImageFiles.writePng(HeatMapFigure.figure(shown, mask, maps, SIDE, caption), to);
            return;
        }
        byte[] svg = HeatMapSvg.figure(shown, mask, maps, SIDE, caption).getBytes(StandardCharsets.UTF_8);
        try {
            AtomicFile.write(to, out -> out.write(svg));
        } catch (IOException e) {
            throw new OutputException(to, e);
        }
    }
}
