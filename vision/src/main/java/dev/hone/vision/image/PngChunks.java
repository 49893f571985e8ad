package dev.hone.vision.image;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/**
 * The chunks that a PNG file is made of (ISO/IEC 15948, 5.3): length, type, data and checksum each, IEND the last. A
 * decoder is done with the last row and does not look for the end, so that a transfer that broke off shortly before it
 * would pass for a whole file.
 */
final class PngChunks {
    private static final int SIGNATURE = 8;
    private static final int CHECKSUM = 4;
    private static final int IEND = 'I' << 24 | 'E' << 16 | 'N' << 8 | 'D';

    private PngChunks() {}

    /**
     * Leaves the stream where it was. What stands behind the end is not looked at.
     *
     * @throws EOFException if the file ends before IEND does
     */
    static void requireEnd(ImageInputStream in) throws IOException {
        long start = in.getStreamPosition();
        long at = start + SIGNATURE;
        int type;
        do {
            in.seek(at);
            long length = in.readUnsignedInt();
            type = in.readInt();
            at = in.getStreamPosition() + length + CHECKSUM;
        } while (type != IEND);
        if (at > in.length()) {
            throw new EOFException();
        }
        in.seek(start);
    }
}
