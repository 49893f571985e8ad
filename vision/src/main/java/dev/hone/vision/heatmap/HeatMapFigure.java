package dev.hone.vision.heatmap;

import dev.hone.vision.image.Image;
import dev.hone.vision.image.Resize;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Figures of heat maps: the image, the map as an overlay, a color bar and a caption. */
public final class HeatMapFigure {
    private static final int MARGIN = 12;
    private static final int BAR = 14;
    /** Gray level of the line around a mask. */
    static final int FRAME = 0x808080;

    private HeatMapFigure() {}

    /**
     * Overlays the map on the image at the image's size. The image is shown in grayscale, so that color always means
     * the map; it is visible where the map is near zero.
     *
     * @param map scaled to -1..1 or 0..1; resampled to the image's size if necessary
     * @return RGB
     */
    public static Image overlay(Image photo, HeatMap map) {
        HeatMap fitted = map.height() == photo.height() && map.width() == photo.width()
                ? map
                : map.resized(photo.height(), photo.width());
        Drawing drawing = new Drawing(photo.height(), photo.width(), 0);
        drawing.put(photo.withChannels(1), 0, 0);
        for (int y = 0; y < photo.height(); y++) {
            for (int x = 0; x < photo.width(); x++) {
                float v = fitted.values()[y * photo.width() + x];
                drawing.dot(y, x, color(v, map.signed()), cover(v));
            }
        }
        return drawing.image();
    }

    /**
     * Skips the middle of a color map, which is too pale, and the ends of the diverging one, which are too dark, to
     * distinguish from gray.
     */
    private static int color(float value, boolean signed) {
        return signed
                ? ColorMap.DIVERGING.color(Math.copySign(0.4 + 0.35 * Math.abs(value), value))
                : ColorMap.SEQUENTIAL.color(0.3 + 0.7 * value);
    }

    /** Opacity: transparent for values near 0, nearly opaque for the strongest. */
    private static int cover(float value) {
        double a = Math.min(1, Math.abs(value));
        return (int) Math.round(255 * 0.8 * Math.min(1, Math.max(0, (a - 0.12) / 0.6)));
    }

    /** {@link #figure(Image, Image, HeatMap, int, String...)} without a mask. */
    public static Image figure(Image photo, HeatMap map, int side, String... caption) {
        return figure(photo, null, map, side, caption);
    }

    /**
     * The image, its mask (if any) and the overlay side by side, with a color bar and a caption below.
     *
     * @param mask defect mask, nonzero on the defect, or null
     * @param map unscaled map
     * @param caption lines below, for example the prediction and its probability
     * @param side side of each image in pixels, at least 64
     * @return RGB
     */
    public static Image figure(Image photo, Image mask, HeatMap map, int side, String... caption) {
        return figure(photo, mask, List.of(map), side, caption);
    }

    /**
     * The same for several maps, with one overlay each and a common color scale.
     *
     * @param maps one or more, either all signed or none
     */
    public static Image figure(Image photo, Image mask, List<HeatMap> maps, int side, String... caption) {
        Image shown = Drawing.fit(photo, Math.max(64, side));
        HeatMap map = strongest(maps);
        int h = shown.height();
        int w = shown.width();
        String[] marks = marks(map);
        int legend = BAR + 6 + Stream.of(marks).mapToInt(Drawing::width).max().orElse(0);
        int panels = (mask == null ? 1 : 2) + maps.size();
        int width = (2 + panels) * MARGIN + panels * w + legend;
        List<String> lines = lines(width - 2 * MARGIN, caption);
        int body = Math.max(h, marks.length * Drawing.LINE);
        int height = 2 * MARGIN + body + (lines.isEmpty() ? 0 : 6 + lines.size() * Drawing.LINE);
        Drawing drawing = new Drawing(height, width, Drawing.WHITE);
        drawing.put(shown, MARGIN, MARGIN);
        if (mask != null) {
            // Without a frame, a mask that is white at its edge would blend into the page.
            drawing.fill(MARGIN - 1, 2 * MARGIN + w - 1, h + 2, w + 2, FRAME);
            drawing.put(Resize.stretch(mask, h, w), MARGIN, 2 * MARGIN + w);
        }
        for (int m = 0; m < maps.size(); m++) {
            int before = panels - maps.size() + m;
            drawing.put(overlay(shown, maps.get(m).scaled(map.top())), MARGIN, MARGIN + before * (MARGIN + w));
        }
        int left = (1 + panels) * MARGIN + panels * w;
        for (int y = 0; y < body; y++) {
            float unit = 1 - (float) y / Math.max(1, body - 1);
            float value = map.signed() ? 2 * unit - 1 : unit;
            for (int x = 0; x < BAR; x++) {
                drawing.dot(MARGIN + y, left + x, 0x808080, 255);
                drawing.dot(MARGIN + y, left + x, color(value, map.signed()), cover(value));
            }
        }
        for (int i = 0; i < marks.length; i++) {
            int y = MARGIN + i * (body - Drawing.LINE) / (marks.length - 1);
            drawing.text(marks[i], y, left + BAR + 6, legend, Drawing.INK);
        }
        for (int i = 0; i < lines.size(); i++) {
            drawing.text(lines.get(i), MARGIN + body + 6 + i * Drawing.LINE, MARGIN, width - 2 * MARGIN, Drawing.INK);
        }
        return drawing.image();
    }

    /** Wraps a caption to the width of the figure. */
    static List<String> lines(int width, String... caption) {
        return Stream.of(caption)
                .flatMap(line -> Drawing.wrapped(line, width).stream())
                .toList();
    }

    /** The map with the largest {@link HeatMap#top}, which sets the common scale. */
    static HeatMap strongest(List<HeatMap> maps) {
        return maps.stream().max(Comparator.comparingDouble(HeatMap::top)).orElseThrow();
    }

    /** Labels of the color bar, from top to bottom: attribution per pixel at the ends of the scale. */
    static String[] marks(HeatMap map) {
        String top = String.format(Locale.ROOT, "%.1e", map.top());
        return map.signed() ? new String[] {"+" + top + " for", "0", "-" + top + " against"} : new String[] {top, "0"};
    }

    /** The overlay alone: RGB and opacity of each pixel [H,W], for other output formats. */
    static int[] layer(HeatMap scaled) {
        int[] argb = new int[scaled.values().length];
        for (int i = 0; i < argb.length; i++) {
            float v = scaled.values()[i];
            argb[i] = cover(v) << 24 | color(v, scaled.signed());
        }
        return argb;
    }
}
