package dev.hone.vision.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The EXIF orientation tag (0x0112, values 1..8) of a JPEG (APP1 segment) or a TIFF (first directory), and its undoing.
 * Cameras mounted sideways store the sensor's rows together with this tag.
 */
final class Orientation {
    private static final int TAG = 0x0112;
    private static final int UPRIGHT = 1;

    private Orientation() {}

    /** The value of the tag, 1 (upright) if it is missing or unreadable; {@code head} is the start of the file. */
    static int of(byte[] head) {
        try {
            ByteBuffer b = ByteBuffer.wrap(head);
            if (head.length > 4 && b.getShort(0) == (short) 0xffd8) {
                return ofJpeg(b);
            }
            return ofTiff(b);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return UPRIGHT; // a malformed or distant directory only loses the rotation; the image is still read
        }
    }

    private static int ofJpeg(ByteBuffer b) {
        int at = 2;
        while ((b.get(at) & 0xff) == 0xff) {
            int marker = b.get(at + 1) & 0xff;
            int length = b.getShort(at + 2) & 0xffff;
            if (marker == 0xda || length < 2) {
                return UPRIGHT;
            }
            if (marker == 0xe1 && b.getInt(at + 4) == 0x45786966) { // "Exif"
                return ofTiff(b.slice(at + 10, b.capacity() - at - 10));
            }
            at += 2 + length;
        }
        return UPRIGHT;
    }

    private static int ofTiff(ByteBuffer b) {
        short order = b.getShort(0);
        if (order != 0x4949 && order != 0x4d4d) {
            return UPRIGHT;
        }
        b.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        if (b.getShort(2) != 42) {
            return UPRIGHT;
        }
        int directory = b.getInt(4);
        int entries = b.getShort(directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if ((b.getShort(entry) & 0xffff) == TAG) {
                int value = b.getShort(entry + 8);
                return value >= 1 && value <= 8 ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    /** Whether the orientation swaps width and height. */
    static boolean swapsAxes(int orientation) {
        return orientation >= 5;
    }

    /** The upright image. */
    static Image undo(Image in, int orientation) {
        if (orientation == UPRIGHT) {
            return in;
        }
        boolean swap = swapsAxes(orientation);
        int h = swap ? in.width() : in.height();
        int w = swap ? in.height() : in.width();
        Image out = Image.black(in.channels(), h, w);
        for (int c = 0; c < in.channels(); c++) {
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    int sy = swap ? x : y;
                    int sx = swap ? y : x;
                    boolean flipX = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
                    boolean flipY = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
                    if (flipX) {
                        sx = in.width() - 1 - sx;
                    }
                    if (flipY) {
                        sy = in.height() - 1 - sy;
                    }
                    out.pixels()[(c * h + y) * w + x] = in.pixels()[(c * in.height() + sy) * in.width() + sx];
                }
            }
        }
        return out;
    }
}
