package dev.hone.vision.image;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/**
 * The header of a PNG file. Its chunks (ISO/IEC 15948, 5.3) are a length, a type, data and a checksum: IHDR comes first,
 * IEND last, and those with the orientation anywhere between.
 *
 * @param clear the gray level, 0..255, that is transparent in an image of less than 8 bits: the decoder drops it; -1 for
 *     none
 */
record PngHeader(int width, int height, int orientation, int clear) implements ImageHeader {
    private static final int SIGNATURE = 8;
    private static final int CHECKSUM = 4;
    private static final int NONE = -1;
    private static final int IHDR = type("IHDR");
    private static final int TRANSPARENCY = type("tRNS");
    private static final int IEND = type("IEND");
    private static final int GRAY = 0;

    /**
     * Decoders stop after the last row and do not look for IEND, so that a file truncated shortly before its end would
     * pass as complete.
     *
     * @throws EOFException if the file ends before the end of IEND; data after it are ignored
     */
    static PngHeader read(ImageInputStream in) throws IOException {
        int width = 0;
        int height = 0;
        int grayBits = 0;
        int clear = NONE;
        int orientation = Orientation.UPRIGHT;
        long at = SIGNATURE;
        for (int type = 0; type != IEND; ) {
            in.seek(at);
            long length = in.readUnsignedInt();
            type = in.readInt();
            if (at == SIGNATURE) {
                if (type != IHDR) {
                    throw new IIOException("its first chunk is not IHDR");
                }
                width = in.readInt();
                height = in.readInt();
                int bits = in.readUnsignedByte();
                grayBits = in.readUnsignedByte() == GRAY ? bits : 0;
            } else if (type == TRANSPARENCY && grayBits > 0 && grayBits < 8 && length == Short.BYTES) {
                int top = (1 << grayBits) - 1;
                clear = (in.readUnsignedShort() & top) * 255 / top;
            } else if (orientation == Orientation.UPRIGHT && PngExif.mayBeIn(type, length)) {
                byte[] data = new byte[(int) length];
                in.readFully(data);
                orientation = PngExif.orientation(type, data);
            }
            at += 2 * Integer.BYTES + length + CHECKSUM;
        }
        if (at > in.length()) {
            throw new EOFException();
        }
        return new PngHeader(width, height, orientation, clear);
    }

    /** The type of a chunk as a number. */
    static int type(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }

    @Override
    public Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException {
        Image image = ImageHeader.decode(Container.PNG, in, step, warnings);
        byte[] pixels = image.pixels();
        for (int i = 0; clear != NONE && i < pixels.length; i++) {
            if ((pixels[i] & 0xff) == clear) {
                pixels[i] = 0;
            }
        }
        return image;
    }
}
