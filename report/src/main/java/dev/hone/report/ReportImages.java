package dev.hone.report;

import dev.hone.core.HoneException;
import dev.hone.core.file.AtomicFile;
import dev.hone.core.file.FileErrors;
import dev.hone.data.Sample;
import dev.hone.data.Split;
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

/** Photographs as they are shown beside heat maps: no larger than a screen, whatever the file holds. */
public final class ReportImages {
    private static final int LARGEST_SIDE = 1024;
    /** Of a picture beside another. */
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

    /** The mask that is shown beside a photograph given by its name alone. */
    public static Optional<Path> mask(Path photograph) {
        return Sample.ofFile(photograph, photograph.getFileName().toString(), 0, Split.NONE, "")
                .mask();
    }

    /** A mask as it is shown beside its photograph, at the same size; null where there is none. */
    public static Image mask(Optional<Path> file, Image photograph) {
        return file.map(f -> ImageFiles.read(f, 1, photograph.height(), photograph.width(), Resize.Mode.STRETCH))
                .orElse(null);
    }

    /**
     * Writes a photograph, the mask of its defect where there is one beside it, and maps over it.
     *
     * @param maps one, or several that are compared
     * @param to a .png or .svg file
     */
    public static void writeMap(Path photograph, List<HeatMap> maps, Path to, String... caption) {
        Image shown = shown(photograph);
        Image mask = mask(mask(photograph), shown);
        if (!to.toString().endsWith(".svg")) {
            ImageFiles.writePng(HeatMapFigure.figure(shown, mask, maps, SIDE, caption), to);
            return;
        }
        byte[] svg = HeatMapSvg.figure(shown, mask, maps, SIDE, caption).getBytes(StandardCharsets.UTF_8);
        try {
            AtomicFile.write(to, out -> out.write(svg));
        } catch (IOException e) {
            throw new HoneException(
                    to + ": cannot be written, " + FileErrors.reason(e) + "; choose another place or make room", e);
        }
    }
}
