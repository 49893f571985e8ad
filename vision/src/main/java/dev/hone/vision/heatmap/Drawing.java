package dev.hone.vision.heatmap;

import dev.hone.vision.image.Image;
import dev.hone.vision.image.Resize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * An RGB canvas for images, bars and captions. Text uses a bundled image of Latin-1 glyphs: an edge device may have no
 * fonts.
 */
final class Drawing {
    static final int WHITE = 0xffffff;
    static final int INK = 0x202020;
    /** Height of a line of text. */
    static final int LINE = 20;

    private static final int CELL = 20;
    private static final int[] LETTERS = letters();

    private final Image image;

    Drawing(int height, int width, int background) {
        image = Image.black(3, height, width);
        fill(0, 0, height, width, background);
    }

    Image image() {
        return image;
    }

    void fill(int top, int left, int height, int width, int color) {
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                dot(y, x, color, 255);
            }
        }
    }

    /** Blends a color (0xRRGGBB) over a pixel; {@code cover} 0..255. */
    void dot(int y, int x, int color, int cover) {
        if (y < 0 || x < 0 || y >= image.height() || x >= image.width()) {
            return;
        }
        for (int c = 0; c < 3; c++) {
            int old = image.at(c, y, x);
            int now = color >> (16 - 8 * c) & 0xff;
            image.set(c, y, x, old + ((now - old) * cover + 127) / 255);
        }
    }

    void put(Image picture, int top, int left) {
        Image rgb = picture.withChannels(3);
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < rgb.height(); y++) {
                System.arraycopy(
                        rgb.pixels(),
                        (c * rgb.height() + y) * rgb.width(),
                        image.pixels(),
                        (c * image.height() + top + y) * image.width() + left,
                        rgb.width());
            }
        }
    }

    /** Draws one line of text; text wider than {@code width} pixels is truncated and ends in "...". */
    void text(String text, int top, int left, int width, int color) {
        String fitting = text;
        while (width(fitting) > width && fitting.length() > 3) {
            fitting = fitting.substring(0, fitting.length() - 4) + "...";
        }
        int x = left;
        for (int i = 0; i < fitting.length(); i++) {
            int glyph = glyph(fitting.charAt(i));
            for (int v = 0; v < CELL; v++) {
                for (int u = 0; u < CELL; u++) {
                    int cover = LETTERS[(glyph * CELL + v) * CELL + u];
                    if (cover > 0 && (u > 0 || v > 0)) {
                        dot(top + v - 1, x + u - 1, color, cover);
                    }
                }
            }
            x += LETTERS[glyph * CELL * CELL];
        }
    }

    /** Wraps text into lines of at most {@code width} pixels, between words; longer words are not broken. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.split(" ")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (width(longer) > width && !line.isEmpty()) {
                lines.add(line);
                longer = word;
            }
            line = longer;
        }
        lines.add(line);
        return lines;
    }

    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i++) {
            width += LETTERS[glyph(text.charAt(i)) * CELL * CELL];
        }
        return width;
    }

    private static int glyph(char c) {
        return c >= ' ' && c <= 255 ? c - ' ' : '?' - ' ';
    }

    /** [224][CELL][CELL], flat: coverage; the first element of a cell is the advance width. */
    private static int[] letters() {
        try (InputStream in = Drawing.class.getResourceAsStream("letters.png")) {
            var raster = ImageIO.read(in).getRaster();
            int[] cells = new int[224 * CELL * CELL];
            for (int glyph = 0; glyph < 224; glyph++) {
                for (int i = 0; i < CELL * CELL; i++) {
                    cells[glyph * CELL * CELL + i] =
                            raster.getSample(glyph % 16 * CELL + i % CELL, glyph / 16 * CELL + i / CELL, 0);
                }
            }
            return cells;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Scales an image to fit a square, keeping its aspect ratio. */
    static Image fit(Image image, int side) {
        double scale = Math.min((double) side / image.height(), (double) side / image.width());
        return Resize.stretch(image, Math.max(1, (int) Math.round(image.height() * scale)), Math.max(1, (int)
                Math.round(image.width() * scale)));
    }
}
