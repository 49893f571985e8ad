package dev.hone.vision.image;

/**
 * Undoing of the EXIF orientation tag (0x0112, values 1..8). Cameras mounted sideways store the sensor's rows together
 * with this tag.
 */
final class Orientation {
    static final int UPRIGHT = 1;

    private Orientation() {}

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
