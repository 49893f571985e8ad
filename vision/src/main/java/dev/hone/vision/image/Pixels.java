package dev.hone.vision.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import javax.imageio.IIOException;

/** Converts between AWT images and {@link Image} by the rules of {@link ImageFiles}, without color management. */
final class Pixels {
    private Pixels() {}

    static Image from(BufferedImage in) throws IIOException {
        ColorModel model = in.getColorModel();
        Raster raster = in.getRaster();
        int type = raster.getTransferType();
        if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
            throw new IIOException("floating-point pixels are not supported, expected 8- or 16-bit integers");
        }
        if (model instanceof IndexColorModel palette) {
            return indexed(raster, palette);
        }
        int colors = model.getNumColorComponents();
        int space = model.getColorSpace().getType();
        if (raster.getNumBands() < model.getNumComponents()) {
            return packed(in); // one int per pixel
        }
        int bits = raster.getSampleModel().getSampleSize(0);
        if (bits > 16) {
            throw new IIOException(bits + "-bit pixels are not supported, expected 8- or 16-bit integers");
        }
        if (space == ColorSpace.TYPE_GRAY || colors == 1) {
            return planes(raster, 1, model.hasAlpha() ? 1 : -1, model.isAlphaPremultiplied());
        }
        if (space == ColorSpace.TYPE_RGB) {
            return planes(raster, 3, model.hasAlpha() ? 3 : -1, model.isAlphaPremultiplied());
        }
        if (space == ColorSpace.TYPE_CMYK) {
            return cmyk(raster);
        }
        return packed(in); // rarer spaces, such as Lab: let AWT convert
    }

    /** Color bands, optionally followed by an alpha band; each is scaled to 8 bits by its full range. */
    private static Image planes(Raster raster, int channels, int alphaBand, boolean premultiplied) {
        int h = raster.getHeight();
        int w = raster.getWidth();
        Image out = Image.black(channels, h, w);
        byte[] pixels = out.pixels();
        if (alphaBand < 0
                && raster.getDataBuffer() instanceof DataBufferByte data
                && raster.getSampleModel() instanceof PixelInterleavedSampleModel layout
                && layout.getSampleSize(0) == 8) {
            byte[] source = data.getData();
            int origin = data.getOffset()
                    - raster.getSampleModelTranslateY() * layout.getScanlineStride()
                    - raster.getSampleModelTranslateX() * layout.getPixelStride();
            int step = layout.getPixelStride();
            for (int c = 0; c < channels; c++) {
                for (int y = 0; y < h; y++) {
                    int from = origin + y * layout.getScanlineStride() + layout.getBandOffsets()[c];
                    int to = (c * h + y) * w;
                    if (step == 1) {
                        System.arraycopy(source, from, pixels, to, w);
                        continue;
                    }
                    for (int x = 0; x < w; x++, from += step) {
                        pixels[to + x] = source[from];
                    }
                }
            }
            return out;
        }
        int[] row = new int[w];
        int[] alpha = new int[w];
        for (int y = 0; y < h; y++) {
            if (alphaBand >= 0) {
                samples(raster, y, alphaBand, alpha);
            }
            for (int c = 0; c < channels; c++) {
                samples(raster, y, c, row);
                for (int x = 0; x < w; x++) {
                    int v = row[x];
                    if (alphaBand >= 0 && !premultiplied) {
                        v = (v * alpha[x] + 127) / 255;
                    }
                    pixels[(c * h + y) * w + x] = (byte) v;
                }
            }
        }
        return out;
    }

    /** One row of one band, scaled to 0..255. */
    private static void samples(Raster raster, int y, int band, int[] row) {
        raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, band, row);
        int max = (1 << raster.getSampleModel().getSampleSize(band)) - 1;
        if (max != 255) {
            for (int x = 0; x < row.length; x++) {
                row[x] = (int) ((row[x] * 255L + max / 2) / max);
            }
        }
    }

    private static Image cmyk(Raster raster) {
        int h = raster.getHeight();
        int w = raster.getWidth();
        Image out = Image.black(3, h, w);
        int[] row = new int[w];
        int[] key = new int[w];
        for (int y = 0; y < h; y++) {
            samples(raster, y, 3, key);
            for (int c = 0; c < 3; c++) {
                samples(raster, y, c, row);
                for (int x = 0; x < w; x++) {
                    out.pixels()[(c * h + y) * w + x] = (byte) (((255 - row[x]) * (255 - key[x]) + 127) / 255);
                }
            }
        }
        return out;
    }

    private static Image indexed(Raster raster, IndexColorModel palette) {
        int h = raster.getHeight();
        int w = raster.getWidth();
        int n = palette.getMapSize();
        byte[][] table = new byte[3][n];
        boolean gray = true;
        for (int i = 0; i < n; i++) {
            int alpha = palette.getAlpha(i);
            table[0][i] = (byte) ((palette.getRed(i) * alpha + 127) / 255);
            table[1][i] = (byte) ((palette.getGreen(i) * alpha + 127) / 255);
            table[2][i] = (byte) ((palette.getBlue(i) * alpha + 127) / 255);
            gray &= table[0][i] == table[1][i] && table[0][i] == table[2][i];
        }
        Image out = Image.black(gray ? 1 : 3, h, w);
        int[] row = new int[w];
        for (int y = 0; y < h; y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, w, 1, 0, row);
            for (int c = 0; c < out.channels(); c++) {
                for (int x = 0; x < w; x++) {
                    out.pixels()[(c * h + y) * w + x] = row[x] < n ? table[c][row[x]] : 0;
                }
            }
        }
        return out;
    }

    private static Image packed(BufferedImage in) {
        int h = in.getHeight();
        int w = in.getWidth();
        Image out = Image.black(3, h, w);
        int[] row = new int[w];
        for (int y = 0; y < h; y++) {
            in.getRGB(0, y, w, 1, row, 0, w);
            for (int x = 0; x < w; x++) {
                int alpha = row[x] >>> 24;
                for (int c = 0; c < 3; c++) {
                    int v = row[x] >> (16 - 8 * c) & 0xff;
                    out.pixels()[(c * h + y) * w + x] = (byte) ((v * alpha + 127) / 255);
                }
            }
        }
        return out;
    }

    static BufferedImage toBuffered(Image image) {
        int h = image.height();
        int w = image.width();
        BufferedImage out = new BufferedImage(
                w, h, image.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        for (int c = 0; c < image.channels(); c++) {
            int[] row = new int[w];
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    row[x] = image.at(c, y, x);
                }
                out.getRaster().setSamples(0, y, w, 1, c, row);
            }
        }
        return out;
    }
}
