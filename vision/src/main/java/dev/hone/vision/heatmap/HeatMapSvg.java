package dev.hone.vision.heatmap;

import dev.hone.core.Shown;
import dev.hone.vision.image.Image;
import dev.hone.vision.image.ImageFiles;
import dev.hone.vision.image.Resize;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The figure of {@link HeatMapFigure} as SVG 1.1, with embedded images and selectable text. */
public final class HeatMapSvg {
    private static final int MARGIN = 12;
    private static final int BAR = 14;
    private static final int LEGEND = 110;
    private static final int LINE = 20;
    private static final int STEPS = 32;

    private HeatMapSvg() {}

    /**
     * @param mask defect mask, nonzero on the defect, or null
     * @param maps one or more unscaled maps, either all signed or none; they share one scale
     * @param side side of each image in pixels, at least 64
     */
    public static String figure(Image photo, Image mask, List<HeatMap> maps, int side, String... caption) {
        HeatMap map = HeatMapFigure.strongest(maps);
        Image shown = Drawing.fit(photo, Math.max(64, side));
        int h = shown.height();
        int w = shown.width();
        int panels = (mask == null ? 1 : 2) + maps.size();
        int left = (1 + panels) * MARGIN + panels * w;
        int width = left + BAR + 6 + LEGEND;
        List<String> lines = HeatMapFigure.lines(width - 2 * MARGIN, caption);
        int body = Math.max(h, HeatMapFigure.marks(map).length * LINE);
        int height = 2 * MARGIN + body + lines.size() * LINE;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"%d\" "
                        + "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#202020\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
                width,
                height,
                width,
                height));
        image(svg, MARGIN, w, h, ImageFiles.png(shown));
        if (mask != null) {
            image(svg, 2 * MARGIN + w, w, h, ImageFiles.png(Resize.stretch(mask, h, w)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#%06x\"/>%n",
                    2 * MARGIN + w,
                    MARGIN,
                    w,
                    h,
                    HeatMapFigure.FRAME));
        }
        for (int m = 0; m < maps.size(); m++) {
            int laid = MARGIN + (panels - maps.size() + m) * (MARGIN + w);
            image(svg, laid, w, h, ImageFiles.png(shown.withChannels(1)));
            image(svg, laid, w, h, layer(maps.get(m).scaled(map.top()).resized(h, w)));
        }
        bar(svg, left, body, map);
        for (int i = 0; i < lines.size(); i++) {
            text(svg, MARGIN, MARGIN + body + (i + 1) * LINE - 2, lines.get(i));
        }
        return svg.append("</svg>\n").toString();
    }

    /** The color bar over medium gray, with its labels. */
    private static void bar(StringBuilder svg, int left, int h, HeatMap map) {
        float[] values = new float[STEPS];
        for (int i = 0; i < STEPS; i++) {
            float unit = 1 - i / (STEPS - 1f);
            values[i] = map.signed() ? 2 * unit - 1 : unit;
        }
        int[] colors = HeatMapFigure.layer(new HeatMap(STEPS, 1, values, map.signed()));
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#808080\"/>%n",
                left,
                MARGIN,
                BAR,
                h));
        for (int i = 0; i < STEPS; i++) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%.2f\" width=\"%d\" height=\"%.2f\" fill=\"#%06x\" fill-opacity=\"%.3f\"/>%n",
                    left,
                    MARGIN + (double) i * h / STEPS,
                    BAR,
                    (double) h / STEPS,
                    colors[i] & 0xffffff,
                    (colors[i] >>> 24) / 255.0));
        }
        String[] marks = HeatMapFigure.marks(map);
        for (int i = 0; i < marks.length; i++) {
            text(svg, left + BAR + 6, MARGIN + 11 + i * (h - 12) / (marks.length - 1), marks[i]);
        }
    }

    private static void text(StringBuilder svg, int x, int y, String text) {
        svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\">", x, y))
                .append(Shown.text(text)
                        .replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;"))
                .append(String.format(Locale.ROOT, "</text>%n"));
    }

    private static void image(StringBuilder svg, int x, int width, int height, byte[] png) {
        svg.append(String.format(
                Locale.ROOT,
                "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" xlink:href=\"data:image/png;base64,%s\"/>%n",
                x,
                MARGIN,
                width,
                height,
                Base64.getEncoder().encodeToString(png)));
    }

    /** A PNG with an alpha channel. */
    private static byte[] layer(HeatMap scaled) {
        BufferedImage image = new BufferedImage(scaled.width(), scaled.height(), BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, scaled.width(), scaled.height(), HeatMapFigure.layer(scaled), 0, scaled.width());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream encoded = new MemoryCacheImageOutputStream(out)) {
            ImageIO.write(image, "png", encoded);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen in memory
        }
        return out.toByteArray();
    }
}
