package dev.hone.data;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Which files are images by their names. */
public final class ImageNames {
    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp", "tif", "tiff");

    private ImageNames() {}

    /** Whether the name ends like that of a PNG, JPEG, BMP or TIFF file. */
    public static boolean matches(Path file) {
        String name = file.getFileName().toString();
        return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
