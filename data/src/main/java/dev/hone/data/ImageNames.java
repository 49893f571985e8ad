package dev.hone.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which files are images by their names. */
public final class ImageNames {
    /** Extensions of images in small letters, those of masks first. */
    static final List<String> EXTENSIONS = List.of("png", "bmp", "tif", "tiff", "jpg", "jpeg");

    /** What computers put into folders by themselves; so is whatever starts with a dot. */
    private static final Set<String> SYSTEM =
            Set.of("__MACOSX", "Thumbs.db", "ehthumbs.db", "desktop.ini", "@eaDir", "#recycle", "$RECYCLE.BIN");

    private ImageNames() {}

    /** Whether a file or folder of that name is nobody's data: hidden, or made by the system. */
    public static boolean isHidden(String name) {
        return name.startsWith(".") || SYSTEM.contains(name);
    }

    /** Whether the name ends like that of a PNG, JPEG, BMP or TIFF file. */
    public static boolean matches(Path file) {
        return EXTENSIONS.contains(extension(file.getFileName().toString()));
    }

    /** What follows the last dot, in small letters. */
    static String extension(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
