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
        int alpha = model.hasAlpha() ? model.getNumColorComponents() : -1;
        if (space == ColorSpace.TYPE_GRAY || colors == 1) {
            return planes(raster, new Layout(1, Layout.OF_RASTER, alpha, model.isAlphaPremultiplied(), false));
        }
        if (space == ColorSpace.TYPE_RGB) {
            return planes(raster, new Layout(3, Layout.OF_RASTER, alpha, model.isAlphaPremultiplied(), false));
        }
        return packed(in); // rarer spaces: let AWT convert
    }

    /** Samples as the tags of a TIFF file describe them. */
    static Image of(Raster raster, TiffSamples samples) throws IIOException {
        if (samples.alphaBand() >= raster.getNumBands()) {
            throw new IIOException("alpha behind other extra samples is not supported in separate planes");
        }
        boolean inverted = samples.color() == TiffSamples.Color.GRAY_WHITE_IS_ZERO;
        int channels = samples.color().samples();
        Layout layout = new Layout(channels, samples.bits(), samples.alphaBand(), samples.premultiplied(), inverted);
        return channels == 4 ? cmyk(raster, layout) : planes(raster, layout);
    }

    /**
     * How the bands of a raster are read.
     *
     * @param channels number of color bands, which come first
     * @param bits of each sample, or {@link #OF_RASTER}; their full range is scaled to 0..255
     * @param alphaBand -1 for none
     * @param premultiplied whether colors are multiplied by alpha
     * @param inverted whether 0 is white
     */
    private record Layout(int channels, int bits, int alphaBand, boolean premultiplied, boolean inverted) {
        /** As many bits as the raster has for each band. */
        static final int OF_RASTER = 0;

        private int bits(Raster raster, int band) {
            return bits == OF_RASTER ? raster.getSampleModel().getSampleSize(band) : bits;
        }

        /** One row of one band, scaled to 0..255. */
        void row(Raster raster, int y, int band, int[] row) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, band, row);
            int max = (1 << bits(raster, band)) - 1;
            if (max != 255) {
                for (int x = 0; x < row.length; x++) {
                    row[x] = (row[x] * 255 + max / 2) / max;
                }
            }
            if (inverted && band < channels) {
                for (int x = 0; x < row.length; x++) {
                    row[x] = 255 - row[x];
                }
            }
        }

        /** Composites a row of one color over black. */
        void compose(int[] row, int[] alpha) {
            if (alphaBand >= 0 && !premultiplied) {
                for (int x = 0; x < row.length; x++) {
                    row[x] = (row[x] * alpha[x] + 127) / 255;
                }
            }
        }
    }

    /** Color bands, optionally followed by an alpha band. */
    private static Image planes(Raster raster, Layout layout) {
        int h = raster.getHeight();
        int w = raster.getWidth();
        Image out = Image.black(layout.channels, h, w);
        if (layout.alphaBand < 0 && layout.bits(raster, 0) == 8 && !layout.inverted && copied(raster, out)) {
            return out;
        }
        int[] row = new int[w];
        int[] alpha = new int[w];
        for (int y = 0; y < h; y++) {
            if (layout.alphaBand >= 0) {
                layout.row(raster, y, layout.alphaBand, alpha);
            }
            for (int c = 0; c < layout.channels; c++) {
                layout.row(raster, y, c, row);
                layout.compose(row, alpha);
                store(row, out.pixels(), (c * h + y) * w);
            }
        }
        return out;
    }

    /** Copies interleaved bytes as they are; false if the raster is none of those. */
    private static boolean copied(Raster raster, Image out) {
        if (!(raster.getDataBuffer() instanceof DataBufferByte data)
                || !(raster.getSampleModel() instanceof PixelInterleavedSampleModel layout)) {
            return false;
        }
        int h = out.height();
        int w = out.width();
        byte[] source = data.getData();
        byte[] pixels = out.pixels();
        int origin = data.getOffset()
                - raster.getSampleModelTranslateY() * layout.getScanlineStride()
                - raster.getSampleModelTranslateX() * layout.getPixelStride();
        int step = layout.getPixelStride();
        for (int c = 0; c < out.channels(); c++) {
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
        return true;
    }

    private static void store(int[] row, byte[] pixels, int at) {
        for (int x = 0; x < row.length; x++) {
            pixels[at + x] = (byte) row[x];
        }
    }

    private static Image cmyk(Raster raster, Layout layout) {
        int h = raster.getHeight();
        int w = raster.getWidth();
        Image out = Image.black(3, h, w);
        int[] row = new int[w];
        int[] key = new int[w];
        int[] alpha = new int[w];
        for (int y = 0; y < h; y++) {
            layout.row(raster, y, 3, key);
            if (layout.alphaBand >= 0) {
                layout.row(raster, y, layout.alphaBand, alpha);
            }
            for (int c = 0; c < 3; c++) {
                layout.row(raster, y, c, row);
                for (int x = 0; x < w; x++) {
                    row[x] = ((255 - row[x]) * (255 - key[x]) + 127) / 255;
                }
                layout.compose(row, alpha);
                store(row, out.pixels(), (c * h + y) * w);
            }
        }
        return out;
    }

    /**
     * Four bands of a JPEG, which by Adobe's convention holds 255 for no ink.
     *
     * @param ycck whether the first three are YCbCr of the inks
     */
    static Image inverseCmyk(Raster raster, boolean ycck) {
        int h = raster.getHeight();
        int w = raster.getWidth();
        Image out = Image.black(3, h, w);
        int[][] rows = new int[4][w];
        for (int y = 0; y < h; y++) {
            for (int c = 0; c < 4; c++) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, w, 1, c, rows[c]);
            }
            for (int x = 0; x < w; x++) {
                if (ycck) {
                    double luma = rows[0][x];
                    double blue = rows[1][x] - 128;
                    double red = rows[2][x] - 128;
                    rows[0][x] = 255 - clip(luma + 1.402 * red);
                    rows[1][x] = 255 - clip(luma - 0.344136 * blue - 0.714136 * red);
                    rows[2][x] = 255 - clip(luma + 1.772 * blue);
                }
                for (int c = 0; c < 3; c++) {
                    rows[c][x] = (rows[c][x] * rows[3][x] + 127) / 255;
                }
            }
            for (int c = 0; c < 3; c++) {
                store(rows[c], out.pixels(), (c * h + y) * w);
            }
        }
        return out;
    }

    private static int clip(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
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
