package dev.hone.vision;

import dev.hone.vision.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Reference arrays and files written by make_vectors.py with Pillow, NumPy, OpenCV and PyTorch. */
public final class Vectors {
    private Vectors() {}

    public static byte[] bytes(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<String[]> lines(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8)
                .lines()
                .map(l -> l.split(" "))
                .toList();
    }

    public static Path path(String name) {
        try {
            return Path.of(Vectors.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Image image(String name, String channels, String height, String width) {
        return new Image(Integer.parseInt(channels), Integer.parseInt(height), Integer.parseInt(width), bytes(name));
    }

    /** Maximum difference of two images of the same shape. */
    public static int difference(Image a, Image b) {
        if (a.channels() != b.channels() || a.height() != b.height() || a.width() != b.width()) {
            throw new AssertionError(a + " and " + b + " have different shapes");
        }
        return difference(a.pixels(), b.pixels());
    }

    public static int difference(byte[] a, byte[] b) {
        int most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
        }
        return most;
    }
}
