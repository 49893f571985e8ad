package dev.hone.cli;

import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.nio.file.Path;

/** Photographs as they are shown beside heat maps: no larger than a screen, whatever the file holds. */
final class Pictures {
    private static final int LARGEST_SIDE = 1024;

    private Pictures() {}

    static Image shown(Path file) {
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
}
