package dev.hone.vision.image;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.IIOException;
import javax.imageio.stream.ImageInputStream;

/**
 * The header of a PNG file. Its chunks (ISO/IEC 15948, 5.3) are a length, a type, data and a checksum: IHDR comes first,
 * IEND last, and eXIf, with the orientation, anywhere between.
 */
record PngHeader(int width, int height, int orientation) implements ImageHeader {
    private static final int SIGNATURE = 8;
    private static final int CHECKSUM = 4;
    private static final int IHDR = 'I' << 24 | 'H' << 16 | 'D' << 8 | 'R';
    private static final int EXIF = 'e' << 24 | 'X' << 16 | 'I' << 8 | 'f';
    private static final int IEND = 'I' << 24 | 'E' << 16 | 'N' << 8 | 'D';
    /** Longest EXIF block that is looked at; in a JPEG it cannot be longer either. */
    private static final int MAX_EXIF = 1 << 16;

    /**
     * Decoders stop after the last row and do not look for IEND, so that a file truncated shortly before its end would
     * pass as complete.
     *
     * @throws EOFException if the file ends before the end of IEND; data after it are ignored
     */
    static PngHeader read(ImageInputStream in) throws IOException {
        int width = 0;
        int height = 0;
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
            } else if (type == EXIF && length <= MAX_EXIF) {
                byte[] exif = new byte[(int) length];
                in.readFully(exif);
                orientation = ImageHeader.orientation(exif);
            }
            at += 2 * Integer.BYTES + length + CHECKSUM;
        }
        if (at > in.length()) {
            throw new EOFException();
        }
        return new PngHeader(width, height, orientation);
    }

    @Override
    public Image decode(ImageInputStream in, int step, DecoderWarnings warnings) throws IOException {
        return ImageHeader.decode(Container.PNG, in, step, warnings);
    }
}
