package dev.hone.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Which files are images by their names. */
public final class ImageNames {
    /** Extensions of images in small letters, those of masks first. */
    static final List<String> EXTENSIONS = List.of("png", "bmp", "tif", "tiff", "jpg", "jpeg");

    private ImageNames() {}

    /** Whether the name ends like that of a PNG, JPEG, BMP or TIFF file. */
    public static boolean matches(Path file) {
        return EXTENSIONS.contains(extension(file.getFileName().toString()));
    }

    /** What follows the last dot, in small letters. */
    static String extension(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
