package dev.hone.vision.image;

import java.util.Arrays;

/**
 * An 8-bit image, planar: {@code pixels[(c * height + y) * width + x]} in 0..255, that is [C,H,W] as models take it.
 * One channel is grayscale; three are RGB (gamma-encoded, as stored in the file).
 *
 * @param channels 1 or 3
 * @param pixels {@code channels * height * width} bytes; not copied, and may be modified by the owner
 */
public record Image(int channels, int height, int width, byte[] pixels) {
    public Image {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("an image has 1 or 3 channels, not " + channels);
        }
        if (height < 1 || width < 1 || (long) channels * height * width != pixels.length) {
            throw new IllegalArgumentException("[" + channels + "," + height + "," + width + "] needs "
                    + (long) channels * height * width + " bytes, got " + pixels.length);
        }
    }

    /** A black image. */
    public static Image black(int channels, int height, int width) {
        return new Image(
                channels, height, width, new byte[Math.multiplyExact(channels, Math.multiplyExact(height, width))]);
    }

    /** The value of a pixel, 0..255. */
    public int at(int channel, int y, int x) {
        return pixels[(channel * height + y) * width + x] & 0xff;
    }

    /** Sets the value of a pixel; {@code value} is clipped to 0..255. */
    public void set(int channel, int y, int x, int value) {
        pixels[(channel * height + y) * width + x] = (byte) Math.max(0, Math.min(255, value));
    }

    /** Converts to grayscale (Rec. 601 luma, 0.299 R + 0.587 G + 0.114 B) or to RGB (channel repeated). */
    public Image withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        int n = height * width;
        byte[] out = new byte[wanted * n];
        if (wanted == 1) {
            for (int i = 0; i < n; i++) {
                out[i] = (byte) luma(pixels[i] & 0xff, pixels[n + i] & 0xff, pixels[2 * n + i] & 0xff);
            }
        } else {
            for (int c = 0; c < wanted; c++) {
                System.arraycopy(pixels, 0, out, c * n, n);
            }
        }
        return new Image(wanted, height, width, out);
    }

    /** Rec. 601 luma of 8-bit red, green and blue, rounded. */
    static int luma(int red, int green, int blue) {
        return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }

    /** Whether all channels of every pixel are equal. */
    public boolean isGrayscale() {
        int n = height * width;
        return channels == 1
                || (Arrays.equals(pixels, 0, n, pixels, n, 2 * n) && Arrays.equals(pixels, 0, n, pixels, 2 * n, 3 * n));
    }

    /** A copy of the rectangle. */
    public Image crop(int top, int left, int cropHeight, int cropWidth) {
        if (top < 0 || left < 0 || top + cropHeight > height || left + cropWidth > width) {
            throw new IllegalArgumentException("crop " + cropHeight + "x" + cropWidth + " at " + top + "," + left
                    + " exceeds the image of " + height + "x" + width);
        }
        Image out = black(channels, cropHeight, cropWidth);
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < cropHeight; y++) {
                System.arraycopy(
                        pixels,
                        (c * height + top + y) * width + left,
                        out.pixels,
                        (c * cropHeight + y) * cropWidth,
                        cropWidth);
            }
        }
        return out;
    }

    /** Compares content; the default of records compares arrays by identity. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Image i
                && i.channels == channels
                && i.height == height
                && i.width == width
                && Arrays.equals(i.pixels, pixels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(pixels);
    }

    @Override
    public String toString() {
        return "Image[" + channels + "," + height + "," + width + "]";
    }
}
